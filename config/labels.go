package config

import (
	"slices"
	"strings"
)

// ticketDimensions lists the labels that ticket families can carry, besides
// attr.NAME.
func ticketDimensions() []string { return []string{"channel", "priority", "team", "topic"} }

// windowDimensions lists the labels that window families have, besides
// attr.NAME.
func windowDimensions() []string {
	return []string{
		"channel", "priority", "team", "topic", "queue", "segment", "direction", "call_outcome", "block_reason",
		"reviewer_kind", "action", "interaction", "campaign_kind", "landing_kind", "churn_reason", "referral_source",
		"platform", "feedback_kind", "competitor", "content_kind", "section", "locale",
	}
}

func checkLabels(at spot, labels []string) {
	for i, label := range labels {
		if at.index(i).dimension(label) && slices.Contains(labels[:i], label) {
			at.index(i).errorf("%q is listed twice: keep one of them", label)
		}
	}
}

// dimension reports a name that no ticket can be told apart by, and returns
// whether it is a good one.
func (s spot) dimension(name string) bool {
	attr, ok := strings.CutPrefix(name, "attr.")
	switch {
	case !ok:
		return s.oneOf("dimension", name, append(ticketDimensions(), "attr.NAME"))
	case !legalAttr(attr):
		s.errorf("%q is not a legal attribute: write attr. and then small letters, digits and _, a letter first, as attr.plan", name)
		return false
	default:
		return true
	}
}

// legalAttr reports whether a name can become part of a label.
func legalAttr(name string) bool {
	for i, c := range name {
		letter := c >= 'a' && c <= 'z'
		if !letter && (i == 0 || c != '_' && (c < '0' || c > '9')) {
			return false
		}
	}
	return name != ""
}

// checkRollups admits the dimensions of all families, but of the custom ones
// only those that the ticket families carry.
func checkRollups(at spot, rollups [][]string, labels []string) {
	if rollups != nil && len(rollups) == 0 {
		at.errorf("list at least one level, [] being all together, as [[], [team]]; without the key each dimension is a level")
	}
	known := windowDimensions()
	for _, label := range labels {
		if strings.HasPrefix(label, "attr.") {
			known = append(known, label)
		}
	}
	first := map[string]int{}
	for i, level := range rollups {
		for j, name := range level {
			switch {
			case strings.HasPrefix(name, "attr.") && !slices.Contains(known, name):
				at.index(i).index(j).errorf("%q is not among global.labels: add it there or leave it out here", name)
			case at.index(i).index(j).oneOf("dimension", name, known) && slices.Contains(level[:j], name):
				at.index(i).index(j).errorf("%q stands twice in one level: keep one of them", name)
			}
		}
		// The levels of one family are told apart by this text, so that it
		// must be unique whatever the order of the names.
		text := strings.ReplaceAll(strings.Join(slices.Sorted(slices.Values(level)), "_"), ".", "_")
		if j, doubled := first[text]; doubled {
			at.index(i).errorf("this is the same level as %s: keep one of them", at.index(j).path)
			continue
		}
		first[text] = i
	}
}
