from tests.serving.urls.fetched import public
from tests.serving.urls.internet import internet

__all__ = ("internet", "public")
