"""What a scenario file may hold: the models that the file, its errors and its JSON Schema are made from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model

from scenarios.asking.options import Options

Rule = dict[str, object]  # a kind and its keys: the rules themselves say which
Text = Annotated[str, Field(min_length=1)]
Baseline = Literal["status_quo", "nearest_school"]


class Table(BaseModel):
    """A table of the file: nothing but its own keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Scenario(Options):
    """One candidate. Any option of `optimize` stands beside its name, and takes the place of the one in [options]."""

    name: Text = Field(description="What the candidate is called; each name once.")
    plan: Text | None = Field(
        None, description="A plan file, relative to the scenario file: scored as it is, one run a district."
    )
    baseline: Baseline | None = Field(
        None,
        description="A plan that nobody searched for, scored as it is: today's zones, or each block to its nearest "
        "school within seats.",
    )
    rules: list[Rule] = Field([], description="Rules of this scenario, added to those of the file.")

    @property
    def given(self) -> dict[str, object]:
        """The options that the scenario itself sets."""
        return {name: getattr(self, name) for name in Options.model_fields if name in self.model_fields_set}

    @property
    def searched(self) -> bool:
        """Whether the plan is sought, not given."""
        return self.plan is None and self.baseline is None


def _lists() -> dict[str, tuple[Any, Any]]:
    """For every option a list of its values."""
    fields: dict[str, tuple[Any, Any]] = {}
    for name, field in Options.model_fields.items():
        value: Any = Annotated[(field.annotation, Field(), *field.metadata)]
        values = Annotated[list[value], Field(min_length=1)]
        fields[name] = (values | None, Field(None, description=f"Values to try. {field.description}"))
    return fields


if TYPE_CHECKING:

    class Zip(Table):
        """Lists of one length, taken in step: the first of each, the second of each, and so on."""

    class Sweep(Table):
        """Every scenario whose plan is sought, times every combination of these values."""

        zip: list[Zip]

else:
    Zip = create_model(
        "Zip", __base__=Table, __doc__="Lists of one length: the first of each together, the second.", **_lists()
    )
    Sweep = create_model(
        "Sweep",
        __base__=Table,
        __doc__="Every scenario whose plan is sought, times every combination of these values.",
        zip=(list[Zip], Field([], description="Lists that are taken in step.")),
        **_lists(),
    )


class ScenarioFile(Table):
    """Scenarios of `rezone run`: districts, options and rules for all, named scenarios, and a sweep over options."""

    district: Text | None = Field(None, description="The folder of the district, relative to this file.")
    districts: Annotated[list[Text], Field(min_length=1)] | None = Field(
        None, description='Folders of districts, or patterns such as "districts/*". Relative to this file.'
    )
    options: Options = Field(
        Options.model_validate({}), description="Options of `rezone optimize`, for every scenario."
    )
    rules: list[Rule] = Field([], description="Rules for every scenario.")
    scenario: list[Scenario] = Field([], description="The candidates. Without any there is one, called base.")
    sweep: Sweep = Field(Sweep.model_validate({}), description="Values of options to combine.")
