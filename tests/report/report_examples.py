"""Names that a spreadsheet or a page might obey."""

from tiny_county import edit_json

SCRIPT = "</script><img src=x onerror=alert(1)>"
FORMULA = '=cmd()&"x"'
#: Of the sites, in order.
NAMES = (FORMULA, SCRIPT, "+1", "@SUM(1)", "-2", "\t=1+1", "$x$ {=1}")


def hostile(folder):
    """Give the county names that a spreadsheet or a page might obey."""

    def sites(found):
        for feature, name in zip(found["features"], NAMES, strict=True):
            feature["properties"]["name"] = name

    def villages(found):
        found["features"][0]["properties"]["name"] = SCRIPT
        found["features"][1]["properties"]["name"] = FORMULA
        for feature, number in zip(found["features"], (0, 1, 2, 3, 9), strict=True):
            feature["properties"]["left_behind"] = number
            feature["properties"]["tekun_self"] = number

    edit_json(folder / "sites.geojson", sites)
    edit_json(folder / "villages.geojson", villages)
    return folder
