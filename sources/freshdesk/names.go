package freshdesk

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"time"

	"helpdesk_exporter/desk"
)

// keepNames is how long names are taken to be what they were.
const keepNames = time.Hour

// names are the names of things that records tell by number. They are asked for
// again after a while, and when a number turns up that has none.
type names struct {
	capability string
	load       func(context.Context) (map[string]string, error)

	known  map[string]string
	asked  map[string]bool // numbers that had no name when last asked for
	loaded time.Time
}

// name returns the name of a number, empty where it has none.
func (n *names) name(ctx context.Context, s *Source, number string, now time.Time) (string, error) {
	if number == "" {
		return "", nil
	}
	if err := n.refresh(ctx, s, number, now); err != nil {
		return "", err
	}
	return n.known[number], nil
}

// refresh asks for the names unless they are fresh and that of the number is
// among them.
func (n *names) refresh(ctx context.Context, s *Source, number string, now time.Time) error {
	stale := n.known == nil || now.Sub(n.loaded) >= keepNames
	_, known := n.known[number]
	if !stale && (known || number == "" || n.asked[number]) || !s.gates.open(n.capability, now) {
		return nil
	}
	loaded, err := n.load(ctx)
	if passed, err := s.passPart(ctx, n.capability, err, now); !passed {
		return err
	}
	if stale || n.asked == nil {
		n.asked = map[string]bool{}
	}
	n.asked[number] = true
	n.known, n.loaded = loaded, now
	return nil
}

// loadGroups asks for the groups.
func (s *Source) loadGroups(ctx context.Context) (map[string]string, error) {
	known := map[string]string{}
	for page := 1; ; page++ {
		groups, err := s.list(ctx, "/groups", url.Values{"per_page": {strconv.Itoa(perPage)}, "page": {strconv.Itoa(page)}})
		if err != nil {
			return nil, err
		}
		before := len(known)
		for _, entry := range groups {
			var g struct {
				ID   word `json:"id"`
				Name text `json:"name"`
			}
			if json.Unmarshal(entry, &g) == nil {
				known[string(g.ID)] = string(g.Name)
			}
		}
		if len(known) == before {
			return known, nil
		}
	}
}

// loadStatuses asks for the names of the statuses.
func (s *Source) loadStatuses(ctx context.Context) (map[string]string, error) {
	fields, err := s.list(ctx, "/ticket_fields", url.Values{"type": {"default_status"}})
	if err != nil {
		return nil, err
	}
	known := map[string]string{}
	for _, entry := range fields {
		var field struct {
			Name    text            `json:"name"`
			Type    text            `json:"type"`
			Choices json.RawMessage `json:"choices"`
		}
		if json.Unmarshal(entry, &field) == nil && (field.Type == "default_status" || field.Name == "status") {
			readChoices(field.Choices, known)
		}
	}
	return known, nil
}

// readChoices reads the statuses that there are: by their numbers, each with its
// names for agents and for customers, or as a list.
func readChoices(choices json.RawMessage, known map[string]string) {
	var byNumber map[string]json.RawMessage
	if json.Unmarshal(choices, &byNumber) == nil {
		for number, labels := range byNumber {
			var all []text
			var one text
			if json.Unmarshal(labels, &all) == nil && len(all) > 0 {
				one = all[0]
			} else {
				_ = json.Unmarshal(labels, &one)
			}
			known[number] = string(one)
		}
		return
	}
	var list []json.RawMessage
	_ = json.Unmarshal(choices, &list) // what is neither names nothing
	for _, entry := range list {
		var c struct {
			ID    word `json:"id"`
			Value text `json:"value"`
			Label text `json:"label"`
		}
		if json.Unmarshal(entry, &c) != nil {
			continue
		}
		name := c.Label
		if name == "" {
			name = c.Value
		}
		known[string(c.ID)] = string(name)
	}
}

// openCodes returns the numbers of the statuses in which a ticket is open, as
// far as they are known.
func (s *Source) openCodes(ctx context.Context) ([]int, error) {
	if err := s.statuses.refresh(ctx, s, "", s.now); err != nil {
		return nil, err
	}
	codes := map[int]bool{firstStatus: true, firstStatus + 1: true}
	for number := range s.statuses.known {
		if code, err := strconv.Atoi(number); err == nil {
			codes[code] = true
		}
	}
	for code := range s.config.Statuses {
		codes[code] = true
	}
	var open []int
	for code := range codes {
		if s.config.meaning(code, s.statuses.known[strconv.Itoa(code)]).Open() {
			open = append(open, code)
		}
	}
	slices.Sort(open)
	return open, nil
}

// status returns what the status of a ticket means. A status that is missing is
// unknown.
func (s *Source) status(ctx context.Context, code word, now time.Time) (desk.Status, error) {
	n, ok := code.number()
	if !ok {
		return statusNamed(string(code)), nil
	}
	if n < firstCustom || s.config.Statuses[n] != "" {
		return s.config.meaning(n, ""), nil
	}
	name, err := s.statuses.name(ctx, s, string(code), now)
	if err != nil {
		return desk.StatusUnknown, err
	}
	return s.config.meaning(n, name), nil
}
