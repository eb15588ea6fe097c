"""Writes templates.json: little templates with what Jinja renders of them, or the error it raises and its line.

The environment is the one that chat templates get: sandbox, trim_blocks, lstrip_blocks, loop controls, the generation tag.

pip install jinja2==3.1.6
"""
import json
import pathlib
import sys
import traceback
from datetime import datetime
from importlib.metadata import version

import jinja2
from jinja2 import nodes
from jinja2.ext import Extension, loopcontrols
from jinja2.sandbox import ImmutableSandboxedEnvironment

NOW = datetime(2026, 2, 3, 14, 5, 9)

CONVERSATIONS = {
    "plain": [
        {"role": "system", "content": "You mend things in the village of Elmsworth."},
        {"role": "user", "content": "Who keeps the silver comb?"},
        {"role": "assistant", "content": "Corvin keeps it in the mill."},
        {"role": "user", "content": "Thank you, \"friend\" <of> the 'mill' & the bees\n"},
    ],
    "one": [{"role": "user", "content": "  Ysolt, où est le miel? 蜜 🐝  "}],
    "parts": [
        {"role": "user", "content": [{"type": "text", "text": "A basket"}, {"type": "image"}, {"type": "text", "text": " of willow"}]},
        {"role": "assistant", "content": None, "tool_calls": [{"function": {"name": "weigh", "arguments": {"jar": 3, "pure": True, "grams": 1.50, "note": None}}}]},
    ],
    "empty": [],
}

VARIABLES = {
    "bos_token": "<s>",
    "eos_token": "</s>",
    "numbers": [3, 1, 2, 2, -5],
    "reals": [0.5, 2.0, -1.25, 1e16, 1e-5, 123456789.125],
    "words": ["mill", "Bee", "comb", "apple", "bee"],
    "people": [
        {"name": "Corvin", "age": 40, "home": {"road": "Mill Lane"}},
        {"name": "Ysolt", "age": 31, "home": {"road": "Hill"}},
        {"name": "Bran", "age": 40, "home": {"road": "Hill"}},
    ],
    "jar": {"honey": 3, "Wax": [1, "two", None, True, 2.5], "apple": {"b": 1, "a": 2}},
    "flag": True,
    "nothing": None,
    "text": "The bee's knees, said Ysolt:\n\tbuzz \\ \"hum\"",
}


class Generation(Extension):
    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        return nodes.CallBlock(self.call_method("_say"), [], [], body).set_lineno(line)

    def _say(self, caller):
        return caller()


def raise_exception(message):
    raise jinja2.exceptions.TemplateError(message)


def tojson(x, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
    return json.dumps(x, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)


environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=[Generation, loopcontrols])
environment.filters["tojson"] = tojson
environment.globals["raise_exception"] = raise_exception
environment.globals["strftime_now"] = NOW.strftime

# Templates by subject. A plain one is rendered with the conversation "plain"; a pair names another.
TEMPLATES = {
    "chat": [
        "{% for m in messages %}{{ '<|im_start|>' + m['role'] + '\\n' + m['content'] + '<|im_end|>\\n' }}{% endfor %}"
        "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}",
        "{{ bos_token }}{% for m in messages %}\n  {% if m.role == 'system' %}\n[S] {{ m.content }}\n  {% elif loop.last %}\n[L] {{ m.content|trim }}\n"
        "  {% else %}\n[{{ loop.index }}] {{ m.content }}{{ eos_token }}\n  {% endif %}\n{% endfor %}\nend\n",
        ("{% for m in messages %}{{ m.role }}: {% if m.content is string %}{{ m.content }}{% elif m.content is none %}(calls "
         "{%- for c in m.tool_calls %} {{ c.function.name }}{{ c.function.arguments|tojson }}{% endfor %})"
         "{% else %}{% for p in m.content %}{{ p.text if p.type == 'text' else '<' ~ p.type ~ '>' }}{% endfor %}{% endif %}\n{% endfor %}", "parts"),
        ("{{ messages[0]['content'] | trim }}|{{ messages[0].content.strip() | length }}", "one"),
        ("{% for m in messages %}x{% else %}nobody{% endfor %}{{ messages|length }}", "empty"),
        "{% if messages[0]['role'] == 'system' %}{% set sys = messages[0]['content'] %}{% set rest = messages[1:] %}{% else %}{% set rest = messages %}{% endif %}"
        "{{ sys }}|{% for m in rest %}{{ m.role[0] }}{% endfor %}",
        "{% for m in messages if m.role == 'user' %}{{ loop.index }}/{{ loop.length }} {{ m.content }};{% endfor %}",
        "{% generation %}said{% endgeneration %} {% for m in messages %}{% generation %}{{ m.role }}{% endgeneration %},{% endfor %}",
        "{{ messages[-1].content }}{{ messages[:-1]|map(attribute='role')|join(' ') }}",
        "{% set ns = namespace(system='', seen=0) %}{% for m in messages %}{% if m.role == 'system' %}{% set ns.system = m.content %}{% else %}{% set ns.seen = ns.seen + 1 %}"
        "{% endif %}{% endfor %}{{ ns.system }} {{ ns.seen }}",
    ],
    "white space": [
        "a\n  {%- if true %}\n b\n  {%- endif %}\n c",
        "a\n  {% if true -%}\n b\n  {% endif -%}\n c",
        "  {%+ if true %}x{% endif %}\n  {% if true +%}\ny{% endif %}",
        "a {{- ' b ' -}} c",
        "x\n  {# a note #}\ny {#- tight -#} z",
        "  {{ 1 }}  \n{{ 2 }}\n\n",
        "{% raw %}{{ not }} {% this %}{% endraw %}\nafter",
        "a {%- raw -%} {{ b }} {%- endraw -%} c",
        "{% if true %}\r\ncrlf\r\n{% endif %}\r\nend\r\n",
        "\t{% set a = 1 %}\t{{ a }}\n\n  {% set a = 2 %}\n{{ a }}",
        "one {% if false %} {% endif %} two",
        "\n\n{% for i in range(2) %}\n{{ i }}\n{% endfor %}\n\n",
        "{{ '}}' }}{{ \"%}\" }}{{ {'a': {'b': 1}}['a']['b'] }}",
        "  {% raw %}\n  x\n  {% endraw %}\ny",
        "a{##}b{#- -#} c {#+ x #}\nd",
    ],
    "loops": [
        "{% for i in range(5) %}{{ loop.index }}{{ loop.index0 }}{{ loop.revindex }}{{ loop.revindex0 }}{{ loop.first }}{{ loop.last }}{{ loop.depth }} {% endfor %}",
        "{% for i in range(7) %}{% if i == 2 %}{% continue %}{% endif %}{% if i == 5 %}{% break %}{% endif %}{{ i }}{% endfor %}",
        "{% for w in words %}{{ loop.previtem|default('-') }}<{{ w }}>{{ loop.nextitem|default('-') }} {% endfor %}",
        "{% for i in range(4) %}{{ loop.cycle('a', 'b', 'c') }}{% endfor %}",
        "{% for n in numbers|sort %}{% if loop.changed(n) %}{{ n }},{% endif %}{% endfor %}",
        "{% for k, v in jar.items() %}{{ k }}={{ v }};{% endfor %}{% for k in jar %}{{ k }}{% endfor %}",
        "{% for a, (b, c) in [(1, (2, 3)), (4, (5, 6))] %}{{ a + b * c }} {% endfor %}",
        "{% set x = 1 %}{% for i in range(3) %}{% set x = x + 1 %}{{ x }}{% endfor %}{{ x }}",
        "{% for i in range(2) %}{% for j in range(2) %}{{ loop.index }}{{ loop.depth }}{% endfor %}|{% endfor %}",
        "{% for item in [1, [2, [3]], 4] recursive %}{% if item is iterable %}[{{ loop(item) }}]{% else %}{{ item }}@{{ loop.depth }}{% endif %}{% endfor %}",
        "{% for c in 'a蜜é' %}{{ c }}.{% endfor %}",
        "{% for x in nowhere %}x{% else %}none{% endfor %}",
        "{% for i in range(10, 0, -3) %}{{ i }} {% endfor %}{{ range(3)|list }}{{ range(2, 5)|sum }}",
        "{% for x in words if x|length > 3 %}{{ loop.index }}{{ x }}{% if not loop.last %}, {% endif %}{% endfor %}",
        "{% for x in 5 %}{% endfor %}",
        "{% for a, b in [(1, 2, 3)] %}{% endfor %}",
        "{% for x in nothing %}{% endfor %}",
        "{{ range(100000)|length }}",
        "{{ range(100001)|length }}",
        "{{ range(1, 2, 0) }}",
        "{{ range(0, 9223372036854775807, 1)|length }}",
    ],
    "expressions": [
        "{{ 7 // 2 }} {{ -7 // 2 }} {{ 7 % 3 }} {{ -7 % 3 }} {{ 7 / 2 }} {{ 2 ** 10 }} {{ 2 ** -1 }} {{ 7.5 // 2 }} {{ -7.5 % 2 }} {{ 4 / 2 }}",
        "{{ 1 + 2 * 3 - 4 }} {{ (1 + 2) * 3 }} {{ -2 ** 2 }} {{ 2 + +3 }} {{ 1_000 + 1 }} {{ 1e3 }} {{ 1.5e-7 }} {{ 2 ** 3 ** 2 }}",
        "{{ 'a' ~ 1 ~ none ~ true ~ 2.0 ~ [1, 'x'] }}",
        "{{ 1 < 2 < 3 }} {{ 1 < 2 > 5 }} {{ 'a' < 'b' }} {{ [1, 2] < [1, 3] }} {{ 1 == 1.0 }} {{ true == 1 }} {{ '1' == 1 }}",
        "{{ 'x' if false }}|{{ 'x' if true else 'y' }}|{{ 'a' if 0 else 'b' if 0 else 'c' }}",
        "{{ not true }} {{ not 0 and 1 }} {{ 0 or 'x' }} {{ '' and 'y' }} {{ none or false }} {{ 1 and 2 }}",
        "{{ 2 in numbers }} {{ 9 not in numbers }} {{ 'bee' in words }} {{ 'ell' in 'bell' }} {{ 'honey' in jar }} {{ not 'x' in 'xyz' }}",
        "{{ [1, 'a', none, true, 1.5, [2], (3,), {'k': 'v'}] }} {{ (1, 2) }} {{ () }} {{ {} }} {{ 'it\\'s' }} {{ ['it\\'s', 'say \"x\"', 'both \\' and \"'] }}",
        "{{ reals }}",
        "{{ 'abcdef'[1:4] }} {{ 'abcdef'[::-1] }} {{ 'abcdef'[-2:] }} {{ numbers[::2] }} {{ numbers[-1] }} {{ 'abc'[5:] }}| {{ numbers[1:100] }} {{ 'abcdef'[4:1:-1] }}",
        "{{ words.0 }} {{ people[0].home['road'] }} {{ people.1.name }} {{ jar['Wax'][1] }}",
        "{{ '\\x41\\u00e9\\n\\t\\\\' }} {{ \"dq 'sq'\" }} {{ 'two ' 'parts' }}",
        "{{ '%s has %d jars and %s' % ('Bran', 3, 'wax') }} {{ 'ab' * 3 }} {{ 3 * 'x' }} {{ [1] + [2] }} {{ (1,) + (2,) }} {{ 100 % 7 }}",
        "{{ [0] * 3 }} {{ 2 * (1, 2) }}",
        "{{ 1 if flag else 2 }} {{ flag }} {{ nothing }} {{ flag and nothing }}",
        "{{ true + 1 }} {{ false ~ 'x' }} {{ 3 - true }}",
        "{% set a, b = 1, 2 %}{{ a }}{{ b }}{% set c = 1, 2 %}{{ c }}{% set (d, e) = [3, 4] %}{{ d + e }}",
        "{{ {'a': 1, 'b': [1, 2]}.b[1] }} {{ {1: 'x', 'k': 2}[1] }} {{ dict(a=1, b='x') }} {{ dict({'z': 0}, a=1)|length }}",
        "{{ 1 / 0 }}",
        "{{ 5 // 0 }}",
        "{{ 1 + 'a' }}",
        "{{ 'a' + 1 }}",
        "{{ none + 1 }}",
        "{{ 1 < 'a' }}",
        "{{ 3 in 5 }}",
        "{{ 1 in 'abc' }}",
        "{{ -'a' }}",
        "{{ 5() }}",
        "{{ [1, 2]['x'] }}|{{ 'abc'['x'] }}|{{ jar['none'] }}",
        "{{ 9007199254740993 }} {{ 10 // 3 * 3 + 10 % 3 }} {{ 0.1 + 0.2 }} {{ 1e22 }} {{ 123456789012345680.0 }} {{ 1e15 }} {{ 1e16 }} {{ -0.0 }}",
        "{{ 5.0 }} {{ 5.0|int }} {{ 1.0e-4 }} {{ 1.0e-5 }} {{ 3.0 == 3 }} {{ 7 / 7 }}",
    ],
    "undefined": [
        "[{{ nowhere }}]",
        "{{ nowhere is defined }} {{ jar.honey is defined }} {{ jar.none is defined }} {{ messages is undefined }}",
        "{{ nowhere|default('d') }} {{ ''|default('d') }} {{ ''|default('d', true) }} {{ nothing|default('n') }} {{ nothing|d('n', true) }} {{ jar.no|default(jar.honey) }}",
        "{{ nowhere.inner }}",
        "line one\n{{ jar.none.inner }}",
        "{{ nowhere + 1 }}",
        "{{ nowhere() }}",
        "{{ nowhere['x'] }}",
        "{% if nowhere %}yes{% else %}no{% endif %} {{ not nowhere }} {{ nowhere == nowhere }} {{ nowhere ~ 'x' }} {{ nowhere|length }} {{ nowhere|list }}",
        "{{ 'a' in nowhere }}",
        "{{ nowhere < 1 }}",
        "{{ jar.none|upper }}|{{ nowhere|join(',') }}|{{ nowhere|trim }}",
        "{{ numbers[99] }}|{{ numbers[99] is defined }}",
        "{{ [1,2]|first }}{{ []|first }}|{{ []|last }}|{{ []|max }}",
        "{{ nowhere|tojson }}",
        "{{ nowhere is none }} {{ nowhere is string }} {{ nowhere is iterable }} {{ nowhere is sequence }} {{ nowhere is mapping }}",
        "{{ tools is none }} {{ tools is defined }} {{ documents }} {{ tools|length }}",
        "{{ -nowhere }}",
        "{{ people|map(attribute='shoe')|list|length }}{{ people|map(attribute='shoe', default='none')|join(',') }}",
    ],
    "filters": [
        "{{ words|sort }} {{ words|sort(case_sensitive=true) }} {{ words|sort(reverse=true) }} {{ numbers|sort }} {{ people|sort(attribute='age')|map(attribute='name')|list }}",
        "{{ people|sort(attribute='age', reverse=true)|map(attribute='name')|join(',') }} {{ people|sort(attribute='home.road')|map(attribute='name')|join(',') }}",
        "{{ words|unique|list }} {{ numbers|unique|list }} {{ words|unique(case_sensitive=true)|list }} {{ people|map(attribute='home.road')|unique|list }}",
        "{{ numbers|max }} {{ numbers|min }} {{ numbers|sum }} {{ words|max }} {{ words|min }} {{ people|sum(attribute='age') }} {{ people|max(attribute='age') }}",
        "{{ words|first }} {{ words|last }} {{ words|reverse|list }} {{ 'abc'|reverse }} {{ words|length }} {{ words|count }} {{ 'abc'|list }} {{ 'abc'|first }}",
        "{{ words|join(', ') }} {{ words|join }} {{ people|join('/', attribute='name') }} {{ [1, none, 2.5]|join('-') }} {{ 'abc'|join('.') }}",
        "{{ words|map('upper')|list }} {{ words|map('replace', 'e', 'E')|join }} {{ people|map(attribute='home.road')|list }} {{ numbers|map('abs')|list }}",
        "{{ numbers|select('odd')|list }} {{ numbers|reject('odd')|list }} {{ numbers|select('gt', 1)|list }} {{ [0, 1, '', 'x']|select|list }} {{ [0, 1]|reject|list }}",
        "{{ people|selectattr('age', 'equalto', 40)|map(attribute='name')|list }} {{ people|rejectattr('age', 'lt', 40)|list|length }} {{ people|selectattr('home')|list|length }}",
        "{{ people|selectattr('home.road', '==', 'Hill')|map(attribute='name')|join }} {{ people|selectattr('name', 'in', ['Bran'])|list|length }} {{ numbers|select('>=', 2)|list }}",
        "{{ '  x '|trim }}| {{ 'xxaxx'|trim('x') }} {{ 'abc'|upper }} {{ 'ABC'|lower }} {{ 'the bEE-hive of o\\'neil'|title }} {{ 'hELLO wORLD'|capitalize }} {{ 'ß'|upper }}",
        "{{ 'a-b-c'|replace('-', '+') }} {{ 'a-b-c'|replace('-', '+', 1) }} {{ 'aaa'|replace('', '.') }} {{ 5|replace(5, 6) }}",
        "{{ text|indent }}|{{ 'a\\nb\\n\\nc'|indent(2) }}|{{ 'a\\nb\\n\\nc'|indent(2, true) }}|{{ 'a\\nb\\n\\nc'|indent(2, blank=true) }}|{{ 'a\\nb'|indent('> ') }}",
        "{{ 'one two three four five'|truncate(12) }} {{ 'one two three four five'|truncate(12, true) }} {{ 'one two three'|truncate(9, leeway=0) }} {{ 'short'|truncate(10) }} {{ 'one two three four'|truncate(8, false, '!', 0) }}",
        "{{ 'one  two\\nthree'|wordcount }} {{ '3.7'|float }} {{ '3.7'|int }} {{ 'x'|int }} {{ 'x'|int(7) }} {{ 3.99|int }} {{ -3.99|int }} {{ '12'|int + 1 }} {{ 'x'|float(1.5) }} {{ ' 5 '|int }} {{ none|int }}",
        "{{ 2.5|round }} {{ 3.5|round }} {{ 2.567|round(2) }} {{ 2.1|round(0, 'ceil') }} {{ 2.9|round(method='floor') }} {{ 1234|round(-2) }} {{ -5|abs }} {{ -5.5|abs }} {{ 2.5|round|int }}",
        "{{ jar|dictsort }} {{ {'b': 1, 'A': 2}|dictsort(true) }} {{ {'b': 1, 'A': 2}|dictsort(by='value') }} {{ {'b': 1, 'A': 2}|dictsort(reverse=true) }}",
        "{{ jar|items|list }} {{ jar|list }} {{ jar.keys()|list }} {{ jar.values()|list|length }} {{ jar|length }}",
        "{{ numbers|batch(2)|list }} {{ numbers|batch(2, 0)|list }} {{ numbers|slice(2)|list }} {{ numbers|slice(3, 'x')|list }}",
        "{% for g, items in people|groupby('age') %}{{ g }}:{{ items|map(attribute='name')|join(',') }};{% endfor %}{% for g in people|groupby('home.road') %}{{ g.grouper }}{{ g.list|length }}{% endfor %}",
        "{{ 'x'|string }} {{ 5|string|length }} {{ [1]|string }} {{ 'x'|safe }} {{ '%s!'|format('hi') }} {{ people[0]|attr('name') is defined }} {{ 'a'|attr('nope') is defined }}",
        "{{ 'a' | upper ~ 'b' }} {{ ('a' ~ 'b')|upper }} {{ 'a,b'.split(',')|map('upper')|join('+') }} {{ -1|abs }} {{ 'x' ~ 1|string }}",
        "{% filter upper %}loud {{ 'bee' }}{% endfilter %} {% filter replace('a', 'o')|trim %}  bananas {% endfilter %}",
        "{{ 'x'|nofilter }}",
        "{{ 5|length }}",
        "{{ 'x'|abs }}",
        "{{ numbers|map('nofilter')|list }}",
        "{{ numbers|select('notest')|list }}",
        "{{ [1, 'a']|sort }}",
        "{{ 5|items|list }}",
        "{{ 5|join }}",
        "{{ 'x'|round }}",
        "{{ nothing|length }}",
        "{{ text|e }} {{ '<&>'|escape }}",
        "{{ 5|list }}",
        "[{{ 'comb'|center(9) }}] {{ 'a <b>bold</b>  <!-- note --> &lt; bee'|striptags }} {{ 'où/ a&b'|urlencode }} {{ {'a b': 1, 'c': '/'}|urlencode }} {{ '<x>'|forceescape }}",
        "{{ 'the silver comb of Ysolt the beekeeper'|wordwrap(12) }} {{ 'ff'|int(0, 16) }} {{ '0x1F'|int(0, 16) }} {{ '1_000'|int }} {{ 'q'|int(7) }} {{ [1, 2, 3]|slice(3, 0)|list }}",
        "{{ [[1], [1]]|unique|list }}",
        "{{ nowhere|int }}",
    ],
    "json": [
        "{{ jar|tojson }} {{ words|tojson }} {{ text|tojson }} {{ none|tojson }} {{ true|tojson }} {{ 1.0|tojson }} {{ 'é蜜🐝'|tojson }} {{ (1, 2)|tojson }}",
        "{{ jar|tojson(indent=2) }}",
        "{{ jar|tojson(indent=4) }} {{ []|tojson(indent=2) }} {{ {}|tojson(indent=2) }} {{ [[]]|tojson(indent=1) }}",
        "{{ jar|tojson(sort_keys=true) }} {{ jar|tojson(separators=(',', ':')) }} {{ 'é🐝'|tojson(ensure_ascii=true) }}",
        "{{ {1: 2, true: 3, none: 4, 1.5: 5}|tojson }} {{ reals|tojson }} {{ '\\x00\\x1f\\x7f/<>&'|tojson }}",
        "{{ range|tojson }}",
        "{{ namespace(a=1)|tojson }}",
        ("{{ messages|tojson }}", "parts"),
        ("{{ messages[1].tool_calls[0].function.arguments|tojson(indent=2) }}", "parts"),
    ],
    "methods": [
        "{{ 'a b  c'.split() }} {{ 'a b  c'.split(' ') }} {{ 'a,b,c'.split(',', 1) }} {{ 'a,b,c'.rsplit(',', 1) }} {{ ''.split() }} {{ ''.split(',') }} {{ ' a b '.split(none, 1) }}",
        "{{ 'xxabxx'.strip('x') }} {{ ' a '.lstrip() }}| {{ ' a '.rstrip() }}| {{ 'abc'.startswith('ab') }} {{ 'abc'.endswith(('x', 'c')) }} {{ 'abc'.find('c') }} {{ 'abc'.find('z') }} {{ 'abcabc'.rfind('b') }}",
        "{{ 'abc'.upper() }} {{ 'ABC'.lower() }} {{ 'a b'.title() }} {{ 'aBC'.capitalize() }} {{ 'a-b'.replace('-', '') }} {{ 'aaa'.replace('a', 'b', 2) }} {{ 'aaa'.count('a') }} {{ ', '.join(words) }}",
        "{{ '12'.isdigit() }} {{ 'ab'.isalpha() }} {{ ' '.isspace() }} {{ ''.isdigit() }} {{ 'ab'.islower() }} {{ 'AB'.isupper() }} {{ 'a1'.isalnum() }} {{ '12'.isnumeric() }}",
        "{{ '{} of {}'.format('jar', 'honey') }} {{ '{1}{0}'.format('a', 'b') }} {{ '{x}'.format(x=5) }} {{ '{{}}'.format() }}",
        "{{ 'a\\nb\\r\\nc\\n'.splitlines() }} {{ 'a\\n\\nb'.splitlines() }} {{ 'prefix-x'.removeprefix('prefix-') }} {{ 'x.txt'.removesuffix('.txt') }} {{ 'a=b=c'.partition('=') }} {{ 'a=b=c'.rpartition('=') }}",
        "{{ jar.get('honey') }} {{ jar.get('no') }} {{ jar.get('no', 5) }} {{ jar.items()|list|length }} {{ jar.keys()|list }} {{ jar.copy() == jar }}",
        "{{ numbers.index(2) }} {{ numbers.count(2) }} {{ 'abc'.index('c') }}",
        "{{ 'x'.zfill(3) }} {{ 'ab'.center(6, '*') }} {{ 'ab'.ljust(4, '.') }}{{ 'ab'.rjust(4) }} {{ 'aB'.swapcase() }} {{ 'STRASSE'.casefold() }}",
        "{{ numbers.append(1) }}",
        "{{ jar.update({}) }}",
        "{{ jar.pop('honey') }}",
        "{{ ''.__class__.__name__ }}",
        "{{ 'abc'.nomethod() }}",
        "{{ 'a'.split('') }}",
        "{{ numbers.index(77) }}",
        "{{ 'abc'.join(5) }}",
        "{{ 'abc'.upper(1) }}",
        "{{ '{}'.format() }}",
        "{{ ''.join(['a', 1]) }}",
        "{{ 'The Mill'.istitle() }}{{ 'the Mill'.istitle() }}{{ '12'.isdecimal() }}{{ '²'.isdecimal() }}{{ 'é'.isascii() }}{{ 'a_1'.isidentifier() }}{{ '1a'.isidentifier() }}{{ 'a\\n'.isprintable() }}{{ 'abcabc'.rindex('b') }}{{ 'ßé'.capitalize() }}",
        "{{ dict([('a', 1), ('b', 2)]) }}{{ dict(jar.apple.items(), c=3) }}",
        "{{ {}.get([1]) }}",
    ],
    "macros": [
        "{% macro jar(name, size=3, *rest) %}{% endmacro %}",
        "{% macro jar(name, size=3) %}<{{ name }}:{{ size }}>{% endmacro %}{{ jar('a') }}{{ jar('b', 5) }}{{ jar(size=1, name='c') }}{{ jar() }}",
        "{% macro a(x) %}{{ x }}{% if x > 0 %}{{ a(x - 1) }}{% endif %}{% endmacro %}{{ a(4) }}",
        "{% macro box(t) %}[{{ t }}|{{ caller() }}]{% endmacro %}{% call box('h') %}inside {{ bos_token }}{% endcall %}",
        "{% macro each(xs) %}{% for x in xs %}{{ caller(x) }}{% endfor %}{% endmacro %}{% call(v) each(words) %}<{{ v }}>{% endcall %}",
        "{% set y = 'outer' %}{% macro m() %}{{ y }}{% set y = 'inner' %}{{ y }}{% endmacro %}{{ m() }}{{ y }}",
        "{% macro m(a, b=a ~ '!') %}{{ b }}{% endmacro %}{{ m('x') }}",
        "{% macro m(a) %}{{ a }}{{ varargs }}{{ kwargs }}{% endmacro %}{{ m(1, 2, 3, k=4) }}",
        "{% macro m(a) %}{{ a }}{% endmacro %}{{ m(1, 2) }}",
        "{% macro m(a) %}{{ a }}{% endmacro %}{{ m(b=2) }}",
        "{% macro m() %}\n  body\n{% endmacro %}\n{{ m()|trim }}!{{ m is callable }} {{ m.name }}",
        "{% macro show(v, depth=0) %}{% if v is mapping %}{% for k, x in v.items() %}{{ '  ' * depth }}{{ k }}\n{{ show(x, depth + 1) }}{% endfor %}"
        "{% else %}{{ '  ' * depth }}{{ v }}\n{% endif %}{% endmacro %}{{ show(jar) }}",
        "{% for i in range(2) %}{% macro m() %}{{ i }}{% endmacro %}{{ m() }}{% endfor %}",
        "{{ raise_exception(words|join('+')) }}",
        "{% set q = 'outer' %}{% macro m(p, q=q, r=p) %}[{{ p }}{{ q }}{{ r }}]{% endmacro %}{{ m(1) }}{{ m() }}{{ m(1, 2, 3) }}",
    ],
    "scopes": [
        "{% with a = 1, b = 2 %}{{ a + b }}{% set a = 9 %}{{ a }}{% endwith %}{{ a is defined }}",
        "{% set block %}text {{ bos_token }}{% endset %}{{ block|upper }}",
        "{% set t | upper | trim %}  abc {% endset %}[{{ t }}]",
        "{% set ns = namespace(n=0) %}{% for i in range(4) %}{% set ns.n = ns.n + i %}{% endfor %}{{ ns.n }}",
        "{% set ns = namespace() %}{% set ns.a = [1] %}{% set ns.a = ns.a + [2] %}{{ ns.a }}{{ ns.b is defined }}",
        "{% set d = {'a': 1} %}{% set d.a = 2 %}",
        "{% if true %}{% set inner = 5 %}{% endif %}{{ inner }}",
        "{% for i in range(1) %}{% set gone = 1 %}{% endfor %}{{ gone is defined }}",
        "{% set x = 1 %}{% if false %}{% set x = 2 %}{% endif %}{{ x }}",
        "{% set loop = 5 %}{{ loop }}{% for i in [1] %}{{ loop.index }}{% endfor %}{{ loop }}",
        "{% set ns = namespace({'k': 1}, z=2) %}{{ ns.k + ns.z }}{{ ns['k'] }}",
        "{% set messages = messages[1:] %}{{ messages|length }}",
        "{%- set a -%} x {%- endset -%} {{ a }}",
        "{% generation %}{% set inner = 1 %}{{ inner }}{% endgeneration %}[{{ inner }}]",
    ],
    "tests": [
        "{{ 4 is even }} {{ 4 is odd }} {{ 9 is divisibleby(3) }} {{ 9 is divisibleby 3 }} {{ 4 is not even }} {{ 1 is number }} {{ 1.5 is float }} {{ 1 is integer }} {{ true is integer }} {{ true is boolean }} {{ true is number }}",
        "{{ 'a' is string }} {{ [] is sequence }} {{ {} is mapping }} {{ {} is sequence }} {{ {} is iterable }} {{ 'a' is iterable }} {{ 5 is iterable }} {{ 'a' is sequence }} {{ [] is string }} {{ range is callable }}",
        "{{ none is none }} {{ 0 is none }} {{ true is true }} {{ 1 is true }} {{ false is false }} {{ 0 is false }} {{ 1 is eq 1 }} {{ 1 is sameas 1 }} {{ 1 is sameas true }} {{ 2 is in [1, 2] }} {{ 2 is gt 1 }}",
        "{{ 'abc' is lower }} {{ 'ABC' is upper }} {{ 'upper' is filter }} {{ 'odd' is test }} {{ '1' is lower }} {{ 3 is ge 3 }} {{ 3 is lt(2) }} {{ 3 is ne 2 }}",
        "{{ 5 is defined and 5 is not none }} {{ nowhere is not defined or false }} {{ 'x' is string and not 'y' is number }}",
        "{{ 1 is notest }}",
        "{{ 'a' is odd }}",
        "{{ 1 is equalto 1.0 }} {{ 'b' is in 'abc' }} {{ 3 is not in numbers }} {{ 3 is divisibleby 0 }}",
        "{{ reals|select('odd')|list }}{{ 3.0 is odd }}{{ 4.0 is even }}{{ 4.5 is divisibleby(1.5) }}{{ nowhere is callable }}",
        "{{ {} in {} }}",
    ],
    "clock": [
        "{{ strftime_now('%Y-%m-%d %H:%M:%S') }} {{ strftime_now('%d %b %Y') }} {{ strftime_now('%A %B %-d, %I:%M %p %j %y %a %e %% ') }}",
    ],
    "errors": [
        "fine\n\n  {{ raise_exception('Only the miller may ask: ' ~ messages|length) }}",
        "{% for m in messages %}\n{% if loop.index == 2 %}\n{{ raise_exception('second') }}\n{% endif %}\n{% endfor %}",
        "a\n{% if %}",
        "a\n{{ 1 + }}",
        "{% for x in words %}",
        "{% endfor %}",
        "one\ntwo {{ 'open",
        "{{ a b }}",
        "{% unknown %}",
        "{% set 5 = 3 %}",
        "{{ [1, 2 }}",
        "{# never closed",
        "{% raw %} never closed",
        "{{ 'x' }",
        "{{ 1 ? 2 }}",
        "{% if true %}{% else %}{% else %}{% endif %}",
        "{% set true = 1 %}",
        "{{ }}",
        "{% for %}{% endfor %}",
        "{% macro m( %}{% endmacro %}",
        "\n\n{% if true %}\n{{ (1, }}\n{% endif %}",
        "{{ m( }}",
        "{% break %}",
        "{{ a is }}",
        "{{ x|  }}",
        "{% if false %}{{ 'x'|nosuchfilter }}{{ 'x' is nosuchtest }}{% endif %}{{ 'y' if true else 'z'|nosuchfilter }}",
        "ok\n{% if true %}{{ 'x'|nosuchfilter }}{% endif %}",
        "ok\n{% for i in [] %}{{ 'x'|nosuchfilter }}{% endfor %}",
    ],
}


def outcome(source, conversation):
    try:
        template = environment.from_string(source)
        text = template.render(messages=CONVERSATIONS[conversation], tools=None, documents=None, add_generation_prompt=True, **VARIABLES)
        return {"text": text}
    except jinja2.exceptions.TemplateSyntaxError as e:
        return {"error": "TemplateSyntaxError", "message": e.message, "line": e.lineno}
    except SyntaxError as e:  # the compiled template is no Python: a break outside of a loop
        return {"error": "TemplateSyntaxError", "message": e.msg, "line": 1}
    except Exception as e:
        lines = [f.lineno for f in traceback.extract_tb(sys.exc_info()[2]) if f.filename == "<template>"]
        return {"error": type(e).__name__, "message": str(e), "line": lines[-1] if lines else 0}


cases = []
for subject, templates in TEMPLATES.items():
    for entry in templates:
        source, conversation = entry if isinstance(entry, tuple) else (entry, "plain")
        cases.append({"subject": subject, "source": source, "conversation": conversation, **outcome(source, conversation)})

out = {
    "made with": {"jinja2": version("jinja2")},
    "now": NOW.isoformat(),
    "conversations": CONVERSATIONS,
    "variables": VARIABLES,
    "cases": cases,
}
pathlib.Path(__file__).with_name("templates.json").write_text(json.dumps(out, ensure_ascii=True, indent=1) + "\n")
print(len(cases), "cases")
