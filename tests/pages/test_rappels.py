"""What a field does is done whole, even when the browser asks for another run meanwhile."""

from __future__ import annotations

import inspect
import threading

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
from streamlit.runtime.scriptrunner_utils.exceptions import RerunException
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData, ScriptRequests
from streamlit.runtime.scriptrunner_utils.script_run_context import ThreadState
from streamlit.runtime.state import SessionState
from streamlit.runtime.state.common import WidgetMetadata
from streamlit.runtime.state.safe_session_state import SafeSessionState

from observatoire.ui.rappels import shield

LOOK = "_maybe_handle_execution_control_request"
CHAMP = "$$ID-champ-None"


@pytest.fixture
def running(monkeypatch):
    """A run that is under way, its state, and the queue of what the browser asks for."""
    # Another test of this process may have started the application, hence shielded it.
    for owner, name in ((SessionState, "on_script_will_rerun"), (ScriptRunner, LOOK)):
        monkeypatch.setattr(owner, name, inspect.unwrap(getattr(owner, name)))
    ThreadState.initialize()
    runner = ScriptRunner.__new__(ScriptRunner)
    runner._execing, runner._requests = True, ScriptRequests()
    runner._script_thread = threading.current_thread()
    runner._requests._state = type(runner._requests._state).CONTINUE

    def start() -> tuple[SafeSessionState, ScriptRunner]:
        return SafeSessionState(SessionState(), getattr(runner, LOOK)), runner

    return start


def typed(state: SafeSessionState, callback) -> WidgetStates:
    """What the browser sends once something was typed in the only field of the page."""
    metadata = WidgetMetadata(
        id=CHAMP,
        deserializer=lambda value: value,
        serializer=lambda value: value,
        value_type="string_value",
        callback=callback,
    )
    state._state._set_widget_metadata(metadata)
    return WidgetStates(widgets=[WidgetState(id=CHAMP, string_value="412")])


def answer(running) -> list[str]:
    """What a field has done when another one is typed in while it does."""
    state, runner = running()
    done: list[str] = []

    def keep() -> None:
        done.append("commencé")
        runner._requests.request_rerun(RerunData())
        state["lu"] = "412"
        done.append("enregistré")

    state.on_script_will_rerun(typed(state, keep))
    return done


def test_streamlit_alone_would_stop_in_the_midst(running):
    """Else the shield has nothing to do: it can go the day this fails."""
    assert answer(running) == ["commencé"]


def test_what_a_field_does_is_done_whole(running):
    shield()
    assert answer(running) == ["commencé", "enregistré"]


def test_the_drawing_of_a_page_still_gives_way(running):
    shield()
    state, runner = running()
    runner._requests.request_rerun(RerunData())
    with pytest.raises(RerunException):
        state["dessin"] = "en cours"
