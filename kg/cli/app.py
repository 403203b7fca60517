"""The application that the commands register with: its global options, bilingual help, and how it ends."""

from __future__ import annotations

import os
import sys
import traceback
from contextvars import ContextVar
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer
from typer.core import TyperGroup

from kg import __version__
from kg.cli.messages import Language, choose, say, say_problem
from kg.errors import KgError

if TYPE_CHECKING:
    from collections.abc import Callable

_FAILED, _INTERRUPTED, _BROKEN_PIPE = 1, 130, 141

_debugging: ContextVar[bool] = ContextVar("debugging", default=False)

Command = TypeVar("Command", bound="Callable[..., None]")


class _Group(TyperGroup):
    """Takes the global options on either side of a command, and turns every failure into a line and an exit code."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        return super().parse_args(ctx, _global_options_first(args))

    def invoke(self, ctx: Any) -> Any:
        for stream in (sys.stdout, sys.stderr):
            # No other encoding holds everything that articles hold.
            if stream.encoding.lower() != "utf-8":
                stream.reconfigure(encoding="utf-8")  # type: ignore[union-attr] # they are text streams of a program
        try:
            value = super().invoke(ctx)
            sys.stdout.flush()
        except (typer.Exit, typer.Abort, typer.TyperException):
            raise
        except BrokenPipeError:
            # Whoever read our output has had enough: what is still to be written goes nowhere, at the very end as well.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(_BROKEN_PIPE) from None
        except KeyboardInterrupt:
            complain(say("interrupted"))
            raise typer.Exit(_INTERRUPTED) from None
        except (KgError, OSError) as error:
            if _debugging.get():
                raise
            complain(say("error", problem=say_problem(error)))
            raise typer.Exit(_FAILED) from None
        except Exception as error:
            if _debugging.get():
                raise
            complain(say("internal_error", problem=f"{type(error).__name__}: {error}"))
            raise typer.Exit(_FAILED) from None
        return value


app = typer.Typer(
    cls=_Group,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def both(english: str, chinese: str) -> str:
    """Return a help text in both languages, each on its line."""
    return _literal(f"{english}\n\n{chinese}")


def bilingual(chinese: str, *examples: str) -> Callable[[Command], Command]:
    """Complete the docstring of a command, which is its help in English, by the Chinese and examples."""

    def complete(command: Command) -> Command:
        shown = "\n".join(f"  {example}" for example in examples)
        command.__doc__ = _literal(f"{command.__doc__}\n{chinese}\n\nExamples 範例：\n\n{shown}")
        return command

    return complete


def _literal(text: str) -> str:
    """Return the text with brackets that are no markup."""
    return text.replace("[", r"\[")


def complain(message: str, error: BaseException | None = None) -> None:
    """Write a message for a person to stderr; with --debug also where the error that it is about arose."""
    typer.echo(message, err=True)
    if error is not None and _debugging.get():
        traceback.print_exception(error)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"kg {__version__}")
        raise typer.Exit


@app.callback(help="Knowledge graphs from Chinese articles about AI.\n從談 AI 的中文文章建立知識圖譜。")
def _global_options(
    *,
    lang: Annotated[
        Language | None,
        typer.Option(
            help=both("Language of messages; else KG_LANG, else the locale.", "訊息語言；否則依 KG_LANG 或語系。")
        ),
    ] = None,
    debug: Annotated[
        bool, typer.Option("--debug", help=both("Show the traceback of an error.", "出錯時顯示完整的錯誤追蹤。"))
    ] = False,
    version: Annotated[
        bool,
        typer.Option("--version", is_eager=True, callback=_show_version, help=both("Show the version.", "顯示版本。")),
    ] = False,
) -> None:
    del version  # its callback has ended the program
    choose(lang)
    _debugging.set(debug)


def _global_options_first(args: list[str]) -> list[str]:
    """Return the arguments with --lang and --debug moved to the front, where only they are understood."""
    first: list[str] = []
    rest: list[str] = []
    waiting = iter(args)
    for argument in waiting:
        if argument == "--":
            rest += [argument, *waiting]
        elif argument == "--lang":
            first += [argument, *(value for value in [next(waiting, None)] if value is not None)]
        elif argument == "--debug" or argument.startswith("--lang="):
            first.append(argument)
        else:
            rest.append(argument)
    return first + rest
