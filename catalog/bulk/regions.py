"""Regions as people write them in a cell: codes, names, names with those above them."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import Region

_BETWEEN: Final = re.compile(r"[,，、;；|\n]+")
_EVERYWHERE: Final = ("everywhere", "不限", "全部", "全国", "所有区域", "全部区域")


class Regions:
    """All regions, loaded once for an import."""

    def __init__(self) -> None:
        self.by_path: dict[str, Region] = {}
        self._found: dict[str, list[Region]] = {}
        for region in Region.objects.order_by("path"):
            self.by_path[region.path] = region
            for name in self._names(region):
                self._found.setdefault(name, []).append(region)

    def _names(self, region: Region) -> set[str]:
        """Its code, and its name after any of those above it: 西湖区, 杭州市西湖区, 浙江省杭州市西湖区."""
        names = {region.code, region.name}
        whole = region.name
        path = region.path.rstrip("/").rpartition("/")[0]
        while path and (above := self.by_path.get(f"{path}/")):
            names.add(above.name + region.name)
            whole = above.name + whole
            path = path.rpartition("/")[0]
        return names | {whole}

    @cached_property
    def everywhere(self) -> set[str]:
        """How the absence of limits is written, in each language."""
        words = set(_EVERYWHERE)
        for language in ("zh-hans", "en"):
            with override(language):
                words.add(_("everywhere").lower())
        return words

    def read(self, text: str) -> tuple[tuple[Region, ...], str]:
        """(the regions that a cell names, what is wrong); no regions and nothing wrong: everywhere."""
        if text.lower() in self.everywhere:
            return (), ""
        regions: list[Region] = []
        for name in filter(None, (part.strip() for part in _BETWEEN.split(text))):
            found = self._found.get(re.sub(r"[\s/]", "", name), [])
            if len(found) == 1:
                regions.append(found[0])
            elif found:
                codes = "、".join(f"{region.code} ({self.whole_name(region)})" for region in found[:6])
                return (), _("Several regions are called “%(name)s”: write one of the codes %(codes)s.") % {
                    "name": name[:40],
                    "codes": codes,
                }
            else:
                return (), _(
                    "There is no region “%(name)s”. Write names or codes of regions with commas between them."
                ) % {"name": name[:40]}
        return tuple(regions), ""

    def whole_name(self, region: Region) -> str:
        """Its name after those above it."""
        codes = region.path.rstrip("/").split("/")
        above = ["/".join(codes[: end + 1]) + "/" for end in range(len(codes))]
        return "".join(self.by_path[path].name for path in above if path in self.by_path)

    def write(self, listed: list[str]) -> str:
        """Paths of regions as a cell that `read` understands."""
        if not listed:
            return str(_("everywhere"))
        return "、".join(self._shortest(path) for path in listed)

    def _shortest(self, path: str) -> str:
        region = self.by_path.get(path)
        if region is None:
            return path.rstrip("/").rpartition("/")[2]
        return region.name if len(self._found[region.name]) == 1 else self.whole_name(region)
