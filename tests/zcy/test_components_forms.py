"""Form fields: label, hint and error belong to their control for everyone, and what was typed stays."""

from __future__ import annotations

import pytest
from django import forms
from django.utils import translation

from tests.zcy.components import render


class ListingForm(forms.Form):
    name = forms.CharField(max_length=20, help_text="Brand and model.")
    price = forms.DecimalField(min_value=1)
    unit = forms.ChoiceField(choices=[("台", "台"), ("箱", "箱")], required=False)
    terms = forms.ChoiceField(choices=[("1", "one"), ("3", "three")], widget=forms.RadioSelect)
    agreed = forms.BooleanField()
    token = forms.CharField(widget=forms.HiddenInput)


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def field(form: forms.Form, name: str) -> str:
    return render('<c-field :field="field" />', field=form[name])


def test_a_field_has_label_hint_and_description():
    html = field(ListingForm(), "name")
    assert '<label for="id_name">Name' in html
    assert 'aria-describedby="id_name_helptext"' in html
    assert 'id="id_name_helptext">Brand and model.' in html
    assert 'class="form-control"' in html
    assert "(optional)" not in html
    assert "data-invalid" not in html


def test_an_optional_field_says_so():
    html = field(ListingForm(), "unit")
    assert "(optional)" in html
    assert 'class="form-select"' in html


def test_a_refused_field_keeps_what_was_typed_and_names_its_error():
    html = field(ListingForm({"name": "<b>" * 10}), "name")
    assert 'value="&lt;b&gt;&lt;b&gt;' in html
    assert "data-invalid" in html
    assert 'aria-invalid="true"' in html
    assert 'id="id_name_error"' in html
    assert "id_name_error" in html.split('aria-describedby="')[1].split('"')[0]
    assert "at most 20 characters" in html


def test_radios_are_a_group_with_a_legend():
    html = field(ListingForm(), "terms")
    assert "<fieldset" in html
    assert "<legend>Terms" in html
    assert html.count('type="radio"') == 2


def test_a_box_stands_before_its_label():
    html = field(ListingForm(), "agreed")
    assert html.index("checkbox") < html.index("<label")
    assert "form-check-input" in html


def test_a_hidden_field_is_only_itself():
    assert field(ListingForm(), "token").strip() == '<input type="hidden" name="token" id="id_token">'


def test_errors_are_summed_up_with_links_to_their_fields():
    form = ListingForm({"price": "0"})
    form.add_error(None, "This listing was changed by somebody else.")
    html = render('<c-form-errors :form="form" />', form=form)
    assert 'role="alert"' in html
    assert "This listing was changed by somebody else." in html
    assert '<a href="#id_name">Name</a>' in html
    assert '<a href="#id_terms">Terms</a>' in html
    assert 'id="id_terms"' in field(form, "terms")
    assert "#id_token" not in html  # nobody can go to a hidden field


def test_a_form_without_errors_has_no_summary():
    assert render('<c-form-errors :form="form" />', form=ListingForm()).strip() == ""
