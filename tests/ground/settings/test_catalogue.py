"""Every declared setting is read somewhere: a setting nobody asks promises what the product does not do."""

from panshi.ground.settings.catalogue import SETTINGS
from tests.house.sources import name, product


def test_every_setting_is_asked_by_the_product() -> None:
    texts = [
        path.read_text(encoding="utf-8")
        for path in product()
        if not name(path).startswith("panshi/ground/settings/catalogue/")
    ]

    def asked(code: str) -> bool:
        """By its code, or together with the others of its topic."""
        topic = code.partition(".")[0]
        return any(f'"{code}"' in text or f'value(f"{topic}.{{' in text for text in texts)

    assert [setting.code for setting in SETTINGS if not asked(setting.code)] == []


def test_codes_begin_with_the_topic_that_shows_them() -> None:
    assert [setting.code for setting in SETTINGS if not setting.code.startswith(f"{setting.topic}.")] == []
