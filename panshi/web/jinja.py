"""The environment all our templates run in: translated, escaped, with our figures, icons and built files at hand.

Templates know the request through the context; everything that depends on the person (theme, unit of money, rail)
is read from it here, so that no view passes it along.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Final, cast

from django.contrib.messages import get_messages
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils import translation
from django.utils.html import json_script
from django.utils.text import Truncator
from django_vite.core.asset_loader import DjangoViteAssetLoader
from jinja2 import Environment, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from panshi.ground.identity.models import Person
from panshi.web import figures
from panshi.web.devices import device
from panshi.web.navigation import Navigation, navigation
from panshi.web.security import csp_nonce

CHOICES: Final[dict[str, tuple[str, ...]]] = {
    "theme": ("auto", "light", "dark"),
    "rail": ("wide", "narrow"),
    "density": ("normal", "compact"),
    "money": ("wan", "yuan"),
}
"""What a person may choose about the pages, the default first; kept in a cookie `panshi_<name>`."""


def environment(**options: Any) -> Environment:
    """Make the environment (named in settings.TEMPLATES)."""
    made = Environment(
        autoescape=True,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        loader=options["loader"],
        auto_reload=options["auto_reload"],
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.policies["ext.i18n.trimmed"] = True
    made.install_gettext_callables(  # type: ignore[attr-defined]
        translation.gettext, translation.ngettext, newstyle=True, pgettext=translation.pgettext
    )
    made.globals.update(
        url=_url,
        url_if=_url_if,
        get_messages=get_messages,
        url_with=url_with,
        static=static,
        asset=_asset,
        asset_url=_asset_url,
        icon=icon,
        frame=frame,
        frame_part=frame_part,
        language=translation.get_language,
        csp_nonce=csp_nonce,
    )
    made.filters.update(
        number=figures.number,
        percent=figures.percent,
        change=figures.change,
        money=_money,
        day=figures.day,
        moment=figures.moment,
        ago=_ago,
        size=figures.size,
        device=device,
        pad_to=_pad_to,
        present=lambda attrs: {name: value for name, value in attrs.items() if value is not None},
        json_script=lambda value, element_id=None: json_script(value, element_id),
        to_json=lambda value: json.dumps(value, ensure_ascii=False, default=str),
        clip=lambda value, length=40: Truncator(str(value)).chars(length),
    )
    return made


def _url(view_name: str, *args: Any, **kwargs: Any) -> str:
    return reverse(view_name, args=args or None, kwargs=kwargs or None)


def _url_if(view_name: str, *args: Any, **kwargs: Any) -> str:
    """The address of a page that may not be installed, "" when it is not."""
    try:
        return _url(view_name, *args, **kwargs)
    except NoReverseMatch:
        return ""


@pass_context
def url_with(context: Context, **changes: Any) -> str:
    """This page's address with some query values changed, None removing one; paging starts anew unless it changes."""
    query = cast(HttpRequest, context["request"]).GET.copy()
    if not {"page", "after", "before"} & changes.keys():
        for name in ("page", "after", "before"):
            query.pop(name, None)
    for name, value in changes.items():
        query.pop(name, None)
        if isinstance(value, list | tuple):
            query.setlist(name, [str(item) for item in value])
        elif value is not None:
            query[name] = str(value)
    return f"?{query.urlencode()}"


def _asset(entry: str) -> Markup:
    """The tags that load a built entry with its styles."""
    return Markup(DjangoViteAssetLoader.instance().generate_vite_asset(entry))  # noqa: S704 - made by django-vite


def _pad_to(items: Iterable[Sequence[Any]], width: int) -> Iterator[tuple[Any, ...]]:
    """Tuples filled with None to one width, so that a part may take (label, url) as well as (label, url, more)."""
    for item in items:
        yield (*item, *(None,) * (width - len(item)))


@cache
def _asset_url(entry: str) -> str:
    """The address of one built file."""
    return str(DjangoViteAssetLoader.instance().generate_vite_asset_url(entry))


@cache
def icon(name: str, small: bool = False) -> Markup:
    """An icon of the sprite, decorative: the words beside it carry the meaning.

    The sprite holds only icons whose names stand literally in a template, a Python file or an island
    (`icon("x")`, `icon="x"`), so do not build names from parts.
    """
    return Markup('<svg class="icon{}" aria-hidden="true"><use href="{}#{}"/></svg>').format(
        " icon-sm" if small else "", _asset_url("src/generated/icons.svg"), name
    )


@dataclass(frozen=True, slots=True)
class Frame:
    """What the frame round a page needs of its request: who is there, their choices, and the rail."""

    request: HttpRequest | None
    person: Person | None
    theme: str
    rail: str
    density: str
    money: figures.MoneyUnit

    @property
    def navigation(self) -> Navigation:
        """The rail; only for somebody signed in."""
        assert self.request is not None
        return navigation(self.request)


@pass_context
def frame(context: Context) -> Frame:
    """The frame of the request being answered (defaults where a template is rendered without one)."""
    request = cast(HttpRequest | None, context.get("request"))
    user = getattr(request, "user", None)
    person = cast(Person, user) if user is not None and user.is_authenticated else None
    return Frame(
        request=request,
        person=person,
        theme=person.theme if person else _choice(request, "theme"),
        rail=_choice(request, "rail"),
        density=_choice(request, "density"),
        money=_choice(request, "money"),  # type: ignore[arg-type]
    )


@pass_context
def frame_part(context: Context, template: str) -> Markup:
    """A part of the frame that depends only on where the person may go and is: made once per role set, place, language.

    Rail, bottom bar and command box would cost two milliseconds a page; while templates are edited nothing is kept.
    """
    environment, nav = context.environment, context["nav"]
    if environment.auto_reload:
        return Markup(environment.get_template(template).render(nav=nav))  # noqa: S704 - a template of ours
    return _kept_part(environment, template, nav, translation.get_language())


@lru_cache(maxsize=2048)
def _kept_part(environment: Environment, template: str, nav: Navigation, language: str) -> Markup:
    return Markup(environment.get_template(template).render(nav=nav))  # noqa: S704 - a template of ours


def _choice(request: HttpRequest | None, name: str) -> str:
    allowed = CHOICES[name]
    chosen = request.COOKIES.get(f"panshi_{name}") if request else None
    return chosen if chosen in allowed else allowed[0]


@pass_context
def _money(context: Context, value: figures.Number | None, places: int | None = None) -> Markup:
    return figures.money(value, cast(figures.MoneyUnit, _choice(context.get("request"), "money")), places)


@pass_context
def _ago(context: Context, value: Any) -> Markup:
    return figures.ago(value, context["request"].at)
