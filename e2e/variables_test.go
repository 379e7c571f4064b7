package e2e

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
)

// first returns what is chosen in the beginning, where one thing has to be, and
// else the first of the options.
func (v *variable) first(options []string) (string, error) {
	if len(options) == 0 {
		return "", errors.New("no options")
	}
	if v.IncludeAll {
		return options[0], nil
	}
	var current string
	if err := json.Unmarshal(v.Current.Value, &current); err != nil {
		return "", fmt.Errorf("its current value: %w", err)
	}
	if !slices.Contains(options, current) {
		return "", fmt.Errorf("%q is chosen in the beginning and is none of %q", current, options)
	}
	return current, nil
}

// every is how "All" is written in an expression.
func (v *variable) every(options []string) string {
	if v.AllValue != "" {
		return v.AllValue
	}
	var patterns []string
	for _, o := range options {
		patterns = append(patterns, escapePattern(o))
	}
	return "(" + strings.Join(patterns, "|") + ")"
}

// pattern is how one option is written: as a pattern where several could be
// chosen, else as the text that it is.
func (v *variable) pattern(option string) string {
	if v.Multi || v.IncludeAll {
		return escapePattern(option)
	}
	return strings.ReplaceAll(option, `\`, `\\`)
}

// escapePattern quotes a text for a pattern within a string of PromQL.
func escapePattern(text string) string {
	return strings.ReplaceAll(regexp.QuoteMeta(text), `\`, `\\`)
}

var (
	labelValues = regexp.MustCompile(`^label_values\((?s:(.*),)?\s*(\w+)\s*\)$`)
	queryResult = regexp.MustCompile(`^query_result\((?s:(.*))\)$`)
)

// options asks for the options of a variable as Grafana does.
func (v *variable) options(p *prometheus, chosen values) ([]string, error) {
	query, err := v.text()
	if err != nil {
		return nil, err
	}
	if query, err = chosen.in(query); err != nil {
		return nil, err
	}
	var options []string
	if found := labelValues.FindStringSubmatch(query); found != nil {
		options, err = p.labelValues(found[1], found[2])
	} else if found := queryResult.FindStringSubmatch(query); found != nil {
		options, err = p.resultOf(found[1])
	} else {
		err = fmt.Errorf("%q is neither label_values() nor query_result()", query)
	}
	if err != nil {
		return nil, err
	}
	return v.part(options)
}

func (v *variable) text() (string, error) {
	var text string
	if json.Unmarshal(v.Query, &text) == nil {
		return strings.TrimSpace(text), nil
	}
	var object struct{ Query string }
	err := json.Unmarshal(v.Query, &object)
	return strings.TrimSpace(object.Query), err
}

// part returns of each option what the variable's pattern captures.
func (v *variable) part(options []string) ([]string, error) {
	if v.Regex != "" {
		pattern, err := regexp.Compile(strings.Trim(v.Regex, "/"))
		if err != nil {
			return nil, err
		}
		var captured []string
		for _, o := range options {
			if found := pattern.FindStringSubmatch(o); found != nil {
				captured = append(captured, found[len(found)-1])
			}
		}
		options = captured
	}
	slices.Sort(options)
	return slices.Compact(options), nil
}

func (p *prometheus) labelValues(selector, label string) ([]string, error) {
	form := url.Values{"start": {timestamp(p.since)}, "end": {timestamp(time.Now())}}
	if selector != "" {
		form.Set("match[]", selector)
	}
	return p.strings("label/"+label+"/values", form)
}

// resultOf writes down each series of an answer, as query_result does.
func (p *prometheus) resultOf(expr string) ([]string, error) {
	lines, err := p.at(expr, time.Now())
	if err != nil {
		return nil, err
	}
	var options []string
	for _, l := range lines {
		var labels []string
		for name, value := range l.labels {
			if name != "__name__" {
				labels = append(labels, fmt.Sprintf("%s=%q", name, value))
			}
		}
		slices.Sort(labels)
		options = append(options, fmt.Sprintf("%s{%s} %v", l.labels["__name__"], strings.Join(labels, ","), l.values))
	}
	return options, nil
}
