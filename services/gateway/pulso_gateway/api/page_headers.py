"""Headers of the pages: nothing from elsewhere is loaded, no other site may frame them."""

from typing import Final

_FOR_ALL: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}
ASSET_HEADERS: Final = {**_FOR_ALL, "Cache-Control": "public, max-age=3600"}


def page_headers(*, styles: str = "'self'") -> dict[str, str]:
    """The headers of a page.

    Args:
        styles: The source list for styles; Swagger UI writes some into its elements.
    """
    policy = (
        f"default-src 'none'; script-src 'self'; style-src {styles}; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
    )
    return {
        **_FOR_ALL,
        "Content-Security-Policy": policy,
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        "X-Frame-Options": "DENY",
        "Cache-Control": "no-store",
    }
