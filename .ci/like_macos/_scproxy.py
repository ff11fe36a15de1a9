"""The system's proxies, which urllib asks for on macOS: there are none."""


def _get_proxy_settings():
    return {}


def _get_proxies():
    return {}
