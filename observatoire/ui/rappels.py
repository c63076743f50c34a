"""What a field or a button does (``on_change``, ``on_click``) is done whole.

Streamlit stops a run as soon as the browser asks for another one, wherever it touches its state: in the midst of what a
field does too, which is then never done again. Whoever types fast would lose an answer. The run that draws the page may
be stopped; what is written may not.
"""

from __future__ import annotations

import functools
import threading
from typing import Any

from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
from streamlit.runtime.state.session_state import SessionState

_thread = threading.local()


def shield() -> None:
    """Have callbacks of this process run to their end; once is enough, twice is harmless."""
    if getattr(SessionState.on_script_will_rerun, "entier", False):
        return
    callbacks, look = SessionState.on_script_will_rerun, ScriptRunner._maybe_handle_execution_control_request

    @functools.wraps(callbacks)
    def whole(self: SessionState, *arguments: Any, **named: Any) -> None:
        _thread.rappels = True
        try:
            callbacks(self, *arguments, **named)
        finally:
            _thread.rappels = False

    @functools.wraps(look)
    def look_later(self: ScriptRunner) -> None:
        if not getattr(_thread, "rappels", False):
            look(self)

    whole.entier = True  # type: ignore[attr-defined]
    SessionState.on_script_will_rerun = whole
    ScriptRunner._maybe_handle_execution_control_request = look_later
