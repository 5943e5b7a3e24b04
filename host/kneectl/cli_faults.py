"""The commands `kneectl faults ...`: the faults that the device has logged, and their black boxes."""

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from kneectl import device_faults, device_log, ports, words
from kneectl.client import Client
from kneectl.device_faults import Incident, Moment
from kneectl.errors import DeviceError, UsageError
from kneectl.options import JsonOption, PortOption, check_picture, console, print_json
from massager.core import blackbox, session

app = typer.Typer(
    invoke_without_command=True,
    help="List the faults that the device has logged; show one with its black box, the 30 s before it.",
    context_settings={"help_option_names": ["-h", "--help"]},
)

_SHOWN = 10  # moments of a black box in the terminal, the last ones
_ON = (
    (blackbox.HEATER_ON, "heater"),
    (blackbox.LAMP_ON, "lamp"),
    (blackbox.ALIVE, "alive"),
)


@app.callback()
def list_faults(
    context: typer.Context,
    since: Annotated[int, typer.Option(min=0, metavar="N", help="Only faults from number N on.")] = 0,
    port: PortOption = None,
    json: JsonOption = False,
) -> None:
    """List the faults that the device has logged, the oldest first."""
    if context.invoked_subcommand is not None:
        is_port_typed = str(context.get_parameter_source("port")).endswith("COMMANDLINE")  # and not in the environment
        if is_port_typed or json or since:
            raise UsageError(
                f"Options belong behind the command: kneectl faults {context.invoked_subcommand} N --port ..."
            )
        return
    with Client(ports.find(port)) as client:
        client.hello()
        listed = device_faults.listing(client)
        incidents = device_faults.read(client, listed, since)
    times = [device_log.moment(listed, incident, datetime.now().astimezone()) for incident in incidents]
    if json:
        print_json([as_json(incident, at) for incident, at in zip(incidents, times, strict=True)])
    elif incidents:
        console().print(_table(incidents, times))
        print("Highest: temperature of the skin and of the pad. `kneectl faults show N` tells more.")
    elif listed.first < listed.next:
        print(f"There is no fault from number {since} on. The newest is number {listed.next - 1}.")
    else:
        print("The device has logged no fault.")


@app.command()
def show(
    number: Annotated[int, typer.Argument(min=1, metavar="N", help="Its number in `kneectl faults`.")],
    plot: Annotated[
        Path | None, typer.Option("--plot", metavar="OUT.png", help="Draw the black box into a picture.")
    ] = None,
    port: PortOption = None,
    json: JsonOption = False,
) -> None:
    """Show one fault: what happened, what to do, and the 30 s before it."""
    check_picture(plot)
    with Client(ports.find(port)) as client:
        client.hello()
        listed = device_faults.listing(client)
        incident = device_faults.find(client, listed, number)
        moments = device_faults.box(client, number)
    at = device_log.moment(listed, incident, datetime.now().astimezone())
    if plot is not None:
        if not moments:
            raise DeviceError(
                0, f"The device keeps no black box of fault {number} any more, only of the newest faults."
            )
        from kneectl import box_plot  # matplotlib takes a second to import

        box_plot.draw(incident, moments, plot)
    if json:
        print_json({**as_json(incident, at), "moments": moments})
        return
    print("\n".join(lines(incident, at)))
    if moments:
        length_s = -device_faults.seconds_before(moments)[0]
        print(f"Black box:    {length_s:.1f} s, {len(moments)} moments; the last ones, in °C and %:")
        console().print(_box_table(moments))
    else:
        print("Black box:    not kept any more")


def as_json(incident: Incident, at: datetime | None) -> dict[str, Any]:
    """Return a fault for other programs: the record's fields, when it was in ISO 8601, its words and its remedy."""
    why, remedy = incident.words
    return asdict(incident) | {"at": None if at is None else at.isoformat(), "why": why, "remedy": remedy}


def lines(incident: Incident, at: datetime | None) -> list[str]:
    """Return a fault in words, a line each."""
    found = [f"Fault {incident.seq}: {incident.fault}, {_when(at)}"]
    found += [sentence for sentence in incident.words if sentence]
    found.append(f"Session:      {_session(incident)}")
    found.append(f"Strength:     {incident.strength} of 5")
    found.append(f"Heat:         {incident.heat}")
    found.append(f"Highest:      skin {words.degrees(incident.skin_mc)}, pad {words.degrees(incident.pad_mc)}")
    return found


def _when(at: datetime | None) -> str:
    return "at a time not known" if at is None else f"{at:%Y-%m-%d %H:%M:%S}"


def _session(incident: Incident) -> str:
    if incident.program is None:
        return "none"
    state = ", paused" if incident.state == "paused" else ""
    return f"{incident.program}, step {incident.step}, after {words.duration(incident.after_s or 0)}{state}"


def _new_table(columns: tuple[str, ...], left: tuple[str, ...]) -> Table:
    table = Table(box=None, header_style="bold", padding=(0, 2, 0, 0), pad_edge=False)
    for column in columns:
        table.add_column(column, justify="left" if column in left else "right", no_wrap=True)
    return table


def _table(incidents: list[Incident], times: list[datetime | None]) -> Table:
    columns = ("no.", "when", "fault", "session", "after", "highest")
    table = _new_table(columns, columns[1:4])
    for incident, at in zip(incidents, times, strict=True):
        table.add_row(
            str(incident.seq),
            "not known" if at is None else f"{at:%Y-%m-%d %H:%M}",
            incident.fault,
            incident.program or "none",
            "" if incident.after_s is None else words.clock(incident.after_s),
            f"{words.degrees(incident.skin_mc)}, {words.degrees(incident.pad_mc)}",
        )
    return table


def _box_table(moments: list[Moment]) -> Table:
    columns = ("s", "state", "skin", "pad", "set", "duty", "roller", "inner", "outer", "mA", "on")
    table = _new_table(columns, ("state", "on"))
    times = device_faults.seconds_before(moments)
    for at_s, moment in list(zip(times, moments, strict=True))[-_SHOWN:]:
        on = [name for bit, name in _ON if moment["on"] & bit]
        state = session.STATE_NAMES[moment["state"]] if 0 <= moment["state"] < len(session.STATE_NAMES) else "?"
        table.add_row(
            f"{at_s:.1f}",
            state,
            *(f"{moment[name] / 100:.2f}" for name in ("skin_cc", "pad_cc")),
            f"{moment['set_cc'] / 100:.0f}" if moment["set_cc"] else "",
            *(f"{moment[name] / 10:.0f}" for name in ("duty_pm", "roller_pm", "inner_pm", "outer_pm")),
            str(moment["roller_ma"]),
            ", ".join(on),
        )
    return table
