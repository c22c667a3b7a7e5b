"""The command line: every command of ``anyi-geo``, in the order of its help."""

from __future__ import annotations

import typer

from anyi_geo.cli import bring, folders, quarter, replan, roads, runs, sweep
from anyi_geo.cli.usage import PlannersGroup

app = typer.Typer(
    cls=PlannersGroup,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="“一老一小”关爱服务规划：敬老院整合、幸福院分批选点、助餐配送。先运行：anyi-geo run",
)
app.command("run", help="运行情景；不写情景名则运行县方案、同数量优化、计入位置误差的优化，并作比较。")(
    runs.run_command
)
app.command("compare", help="比较两个或多个已运行的情景文件夹。")(runs.compare_command)
app.command("sweep", help="比选幸福院方案：权衡曲线、从县方案换几个点、各点入选频率；每个方案一张地图。")(
    sweep.sweep_command
)
app.command("check", help="检查县数据文件夹，一次列出全部问题。")(folders.check_command)
app.command("new", help="把自带的县数据复制到新文件夹，供填写自己的数据。")(folders.new_command)
app.command("schema", help="列出数据字典：每个文件的每一列。")(folders.schema_command)
app.command("template", help="生成填报用的 Excel 模板。")(bring.template_command)
app.command("import", help="导入自己的表格或图层：先全部检查，无误才写入县数据文件夹。")(bring.import_command)
app.command("doctor", help="检查本机环境：版本、求解器、字体、浏览器、可写文件夹。")(bring.doctor_command)
app.command("quarter", help="每季度上报：由进展表生成 Excel 和 Word，并与上期比较。")(quarter.quarter_command)
app.command("replan", help="用餐人数有变化时更新助餐：一条命令，尽量保持现有趟次。")(replan.replan_command)
app.add_typer(roads.app, name="roads")


def main() -> None:
    """Enter from the shell."""
    app()
