"""Words of the template: examples, notes of single columns, the page of instructions, parameters in Chinese."""

from __future__ import annotations

from typing import Any

#: Grey rows, made up; the import passes over them.
EXAMPLES: dict[str, tuple[dict[str, Any], ...]] = {
    "villages": (
        {
            "village_id": "360123000001", "name": "某某村", "township": "某某镇", "rural": "是", "lon": 115.552763,
            "lat": 28.840383,
            "persons_total": 1260, "persons_60plus": 254, "persons_65plus": 180, "persons_80plus": 32,
            "persons_0_14": 230,
            "children_school": 148, "left_behind": 41, "collective_income_yuan": 85000, "road_access": "村道，通公交",
        },
    ),
    "hamlets": (
        {"name": "某某自然村", "village": "某某村", "township": "某某镇", "lon": 115.55, "lat": 28.84,
        "persons_total": 180,
         "persons_60plus": 41},
    ),
    "sites": (
        {"name": "某某村原校舍", "kind": "幸福院候选点", "village": "某某村", "township": "某某镇", "lon": 115.55,
        "lat": 28.84,
         "resource_type": "校舍", "floors": 2, "area_m2": 1200, "canteen_m2": 90, "outdoor_m2": 800,
         "fire_raw": "灭火器",
         "fire_status": "灭火器", "village_consent": "未征询"},
    ),
    "homes": (
        {"name": "某某镇敬老院", "kind": "敬老院", "village": "某某村", "township": "某某镇", "lon": 115.55,
        "lat": 28.84,
         "resource_type": "敬老院", "floors": 2, "area_m2": 2100, "beds": 46},
    ),
    "residents": (
        {"resident_id": "R001", "home": "某某镇敬老院", "care_level": "自理", "consent": "未征询", "village": "某某村"},
    ),
    "roads": (
        {"road": "某某村连接路", "from_lon": 115.55, "from_lat": 28.84, "to_lon": 115.56, "to_lat": 28.85,
        "length_m": 1600,
         "highway": "村道", "oneway": "否"},
    ),
}  # fmt: skip

NOTES: dict[str, str] = {
    "village_id": "统计用 12 位代码，按文本填。不知道可留空，按村名和乡镇匹配。",
    "name": "写全称，如“罗田村”“方岗社区”。",
    "village": "写全称；同名的村要写乡镇或代码。",
    "lon": "东经，小数度，如 115.552763；也可填投影坐标（米）。坐标系在导入时用 --crs 说明。",
    "lat": "北纬，小数度，如 28.840383；也可填投影坐标（米）。",
    "persons_total": "填常住人口；只有户籍数的，把列名改为“户籍人口”。可写 1,260 或 0.126万。",
    "persons_60plus": "不能大于总人口。",
    "site_id": "已有点位填原编号；新点位留空，自动编号。",
    "building_id": "同一栋房子有几种用途时填同一个编号；一般留空。",
    "hamlet_id": "新填的留空，自动编号。",
    "official_batch": "县方案中的批次，1 或 2；不在方案中留空。",
    "ready_from": "房屋最早哪一批能用。",
    "opening_yuan": "留空则按资源类型取参数。可写 35万。",
    "village_consent": "没有问过的选“未征询”，不能当作同意。",
    "consent": "没有问过的选“未征询”，不能当作同意。",
    "family_consulted": "家属问过的选“已征询”，没问的选“未征询”；不清楚留空，不按已征询算。",
    "families_consulted": "家属问过的在院老人有几位；没有统计留空，不填 0。逐人填了“入住老人”表的不用填。",
    "families_agree": "问过的家属里同意的；没有统计留空，不按同意算。",
    "staff_asked": "问过是否随老人到中心或转岗的在岗人员；没有统计留空。",
    "staff_agree": "问过的里面同意的；没有统计留空，不按同意算。",
    "resident_id": "只写匿名编号，如 R001；不写姓名、身份证号、电话。",
    "home": "与“敬老院”表的名称一致。",
    "length_m": "不知道可留空，按两端直线计。",
    "key": "参数名不能改。",
    "value": "改了哪一行，哪一行的来源就记为“县里填报”。",
    "source": "写明文件名或测算依据。",
    "owner": "产权属于哪个单位。",
    "contract": "已出租或委托运营的填合同编号和起止日期；没有就留空。",
    "fire_raw": "照抄现场记录。",
    "staff_posts": "编办核定的岗位数；没有核定的留空，不要填 0。",
    "staff_established": "在岗的护理、炊事、管理和其他人员中有编制的人数。",
    "refit_yuan": "按询价填；留空则按总面积和参数测算，没有面积的不测算。可写 30万。",
    "collective_income_yuan": "扣除必要支出前的年收入。",
    "willing_to_pay_yuan": "老人自己愿意为一餐付多少钱。",
    "key_persons": "留守、独居、重残、失能等重点对象合计。",
}

#: Number and line of the page of instructions.
GUIDE: tuple[tuple[str, str], ...] = (
    ("1", "深色标题（带 *）的列，新增的行必须填；浅色的列有就填。"),
    ("", "已有的村、点位只填要改的列，其余沿用县里原有数据。"),
    ("2", "灰色斜体的“示例”行不会导入，可以删去。空行、“合计”行、“注”行也不会当作数据。"),
    ("3", "不需要的工作表留空即可。列的顺序可以调整，列名可以用常见叫法（如 老年人口、村名、lng）。"),
    ("4", "坐标从哪里取的，导入时必须说明：高德、腾讯 gcj02；百度 bd09；手机 GPS、奥维 wgs84；"),
    ("", "国家2000 经纬度 cgcs2000，平面坐标 4547、4548 等。写错会差 600 到 1,200 米。"),
    ("", "一个文件里的坐标要出自同一来源；来源不同的分成几个文件导入。"),
    ("5", "数字可以写成 1,260、1260人、0.126万；写“约300”“200-300”会被指出，请改成一个数。"),
    ("", "不知道就留空，不要填 0。"),
    ("6", "村名容易混的（京庄社区与京庄村、徐埠社区与徐埠村、方岗社区）请写全称和乡镇，"),
    ("", "或填 12 位代码；程序只问，不猜。"),
    ("7", "填了自然村，该村原来模拟的自然村就全部换成所填的；自然村人口合计要等于村庄表的人口。"),
    ("8", "入住老人只写匿名编号。没有问过意愿的填“未征询”。"),
    ("", "家属、工作人员的意见问过几位填几位；没有统计的留空，程序按不清楚计，不当作同意。"),
    ("9", "分性别年龄的人口列在“村庄”表右侧折叠着，点上方的 + 号展开；"),
    ("", "不填则按原有年龄结构推算，并注明是推算。"),
    ("10", "填好后导入：anyi-geo import 本文件.xlsx --crs gcj02 --into 我的县。"),
    ("", "有错会一次列出每一格和改法，改好再导入；有错时不会改动任何数据。"),
)
