"""Names of states and levels in the two languages, and which states empty a home."""

from __future__ import annotations

from anyi_geo.errors import Message

HOME_SUPPORT = "home_support"
EMPTIED = ("civil_affairs_station", "public_built_private_run", "xingfuyuan", "reserve")
STATE_NAMES = {
    "centre": Message("中心养老院", "centre"),
    "kept": Message("保留", "kept"),
    "civil_affairs_station": Message("民政综合服务站", "civil-affairs service station"),
    "public_built_private_run": Message("公建民营", "publicly built, privately run"),
    "xingfuyuan": Message("“一老一小”幸福院", "care site for the old and the young"),
    "reserve": Message("备用（养老服务）", "reserve for elder care"),
}
LEVEL_NAMES = {"self": "自理", "partial": "半失能", "full": "失能"}
CONSENT_NAMES = {"yes": "同意", "no": "不同意", "not_asked": "未征询"}
