"""Draws texts of several scripts, of 1 to 256 tokens; always the same ones."""

import random
from bisect import bisect_right
from collections.abc import Callable

TEXTS = 200
LONGEST = 256  # tokens, unless the model takes fewer
VOCABULARIES = (
    "the quick brown fox jumps over a lazy dog while engineers measure latency, twice; don't they?",
    "Die Straße führt über Brücken und Flüsse, früh am Morgen größer als jede Übung",
    "déjà vu à l'hôtel où naïf garçon mange des crêpes près du château",
    "быстрая лиса прыгает через ленивую собаку пока инженеры измеряют время ответа",
    "η γρήγορη αλεπού πηδάει πάνω από το τεμπέλικο σκυλί και ο ήλιος λάμπει",  # noqa: RUF001
    "الثعلب البني السريع يقفز فوق الكلب الكسول والمهندسون يقيسون الزمن",
    "השועל החום המהיר קופץ מעל הכלב העצלן והמהנדסים מודדים",
    "तेज़ भूरी लोमड़ी आलसी कुत्ते के ऊपर कूदती है और समय मापा जाता है",
    "สุนัขจิ้งจอก สีน้ำตาล กระโดดข้าม สุนัขขี้เกียจ ทุกเช้า",
    "机器学习 模型 测量 延迟 快速 棕色 狐狸 跳过 懒狗 你好，世界！",  # noqa: RUF001
    "速い 茶色の きつねは のろまな 犬を とびこえる カタカナ 東京タワー",
    "빠른 갈색 여우가 게으른 개를 뛰어넘고 기술자들은 시간을 잰다",
    "def f(x): return x**2 + 3.14e-5 if x != None else {'key': [1, 2]} # TODO",
    "😀 🚀 ¡olé! №42 ½ €1,000.00 A/B-test user@example.com https://example.com/?q=a&b=c e\u0301",
)


def draw(count: Callable[[str], int], most: int) -> list[str]:
    """Draw texts.

    Args:
        count: the tokens of a text, those that the tokenizer adds included.
        most: tokens that the model takes.
    """
    chance = random.Random(0)
    most = min(most, LONGEST)
    return [
        _text(chance, VOCABULARIES[number % len(VOCABULARIES)], count, _length(number, most))
        for number in range(TEXTS)
    ]


def _length(number: int, most: int) -> int:
    """Spread the lengths, the shortest and the longest among them."""
    return 1 + (most - 1) * number // (TEXTS - 1)


def _text(chance: random.Random, vocabulary: str, count: Callable[[str], int], tokens: int) -> str:
    """Take as many words as fit, and one at least."""
    words = chance.choices(vocabulary.split(), k=tokens)

    def length(number: int) -> int:
        return count(" ".join(words[:number]))

    fitting = bisect_right(range(1, tokens + 1), tokens, key=length)
    return " ".join(words[: max(1, fitting)])
