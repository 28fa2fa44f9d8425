"""Gathering, compiling and checking translations, on a small tree of its own."""

import gettext
from pathlib import Path

import pytest

from panshi.cli.messages import catalogue_path, compile_catalogues, extracted, problems, store, updated

PYTHON = 'from gettext import gettext as _, ngettext\n_("客户")\nngettext("%(n)s 家", "%(n)s 家", 2)\n'
JINJA = """{{ _("导入 %(file)s", file=name) }}
{% trans count=n %}有 {{ count }} 项{% pluralize %}有 {{ count }} 项{% endtrans %}"""
TYPESCRIPT = (
    "export const words = <T extends string>(x: T): string => t('已选 {count} 项', { count: x.length });\n"
)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A product in three files."""
    for name, content in (
        ("panshi/one.py", PYTHON),
        ("panshi/web/templates/page.html", JINJA),
        ("frontend/src/islands/list.ts", TYPESCRIPT),
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return tmp_path


def translate(tree: Path, words: dict[str, str | tuple[str, str]]) -> None:
    """Write an English catalogue with these translations."""
    catalogue = updated(tree, "en")
    for message, translation in words.items():
        catalogue[message].string = translation
    store(catalogue, catalogue_path(tree, "en"))


COMPLETE: dict[str, str | tuple[str, str]] = {
    "客户": "Account at 100 %",
    "%(n)s 家": ("%(n)s company", "%(n)s companies"),
    "导入 %(file)s": "Import %(file)s",
    "有 %(count)s 项": ("%(count)s item", "%(count)s items"),
    "已选 {count} 项": "{count} selected",
}


def test_sentences_are_found_in_python_templates_and_typescript(tree: Path) -> None:
    found = extracted(tree)
    places = {(m.id[0] if isinstance(m.id, tuple) else m.id): m.locations[0][0] for m in found if m.id}
    assert places == {
        "客户": "panshi/one.py",
        "%(n)s 家": "panshi/one.py",
        "导入 %(file)s": "panshi/web/templates/page.html",
        "有 %(count)s 项": "panshi/web/templates/page.html",
        "已选 {count} 项": "frontend/src/islands/list.ts",
    }


def test_a_complete_catalogue_has_no_problems_and_speaks(tree: Path) -> None:
    translate(tree, COMPLETE)
    assert list(problems(tree)) == []
    compile_catalogues(tree)
    with catalogue_path(tree, "en").with_suffix(".mo").open("rb") as file:
        english = gettext.GNUTranslations(file)
    assert english.gettext("客户") == "Account at 100 %"
    assert english.ngettext("%(n)s 家", "%(n)s 家", 1) == "%(n)s company"
    assert english.ngettext("%(n)s 家", "%(n)s 家", 2) == "%(n)s companies"


@pytest.mark.parametrize(
    ("message", "translation", "said"),
    [
        ("客户", "", "not translated"),
        ("导入 %(file)s", "Import %(name)s", "placeholders differ"),
        ("已选 {count} 项", "selected", "placeholders differ"),
        ("%(n)s 家", ("one company", "%(n)s companies"), "placeholders differ"),
        ("%(n)s 家", ("%(n)s company", ""), "not translated"),
        ("导入 %(file)s", "Import 100 % of %(file)s", "write %%"),
    ],
)
def test_what_is_wrong_is_named(
    tree: Path, message: str, translation: str | tuple[str, str], said: str
) -> None:
    translate(tree, COMPLETE | {message: translation})
    [problem] = problems(tree)
    assert said in problem
    assert message in problem


def test_a_doubtful_translation_is_a_problem(tree: Path) -> None:
    translate(tree, COMPLETE)
    path = catalogue_path(tree, "en")
    path.write_text(path.read_text().replace('msgid "客户"', '#, fuzzy\nmsgid "客户"'))
    [problem] = problems(tree)
    assert "客户" in problem


def test_an_update_keeps_translations_adds_new_sentences_and_drops_unused_ones(tree: Path) -> None:
    translate(tree, COMPLETE)
    (tree / "panshi" / "one.py").write_text('from gettext import gettext as _\n_("客户")\n_("合同")\n')
    catalogue = updated(tree, "en")
    assert catalogue["客户"].string == "Account at 100 %"
    assert not catalogue["合同"].string
    assert "%(n)s 家" not in catalogue


def test_translations_made_elsewhere_are_merged_without_adding_sentences(tree: Path, tmp_path: Path) -> None:
    translate(tree, {})
    elsewhere = tmp_path / "english.po"
    elsewhere.write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
        'msgid "客户"\nmsgstr "Account"\n\nmsgid "没有这句"\nmsgstr "No such"\n'
    )
    catalogue = updated(tree, "en", elsewhere)
    assert catalogue["客户"].string == "Account"
    assert "没有这句" not in catalogue


def test_an_update_without_changes_writes_the_same_file(tree: Path) -> None:
    translate(tree, COMPLETE)
    path = catalogue_path(tree, "en")
    before = path.read_bytes()
    store(updated(tree, "en"), path)
    assert path.read_bytes() == before
