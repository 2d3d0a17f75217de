"""Fetch a URL that a caller sent: from public servers alone, within a time and a size.

    from serving.urls import fetch

Import it when a request needs it: HTTP and TLS take longer to import than a photograph to decode.
The variable URL_ALLOW_LIST, `host:port,host:port`, allows hosts that are not public.
"""

from serving.urls.fetching import fetch

__all__ = ("fetch",)
