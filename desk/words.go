package desk

import (
	"slices"
	"strings"
)

// The closed label sets. Adapters bring a desk's own words here; maps in the
// configuration come first and override what these functions would say.
var (
	channelNames    = []string{"email", "chat", "phone", "web", "social", "messaging", "sms", "api", "other"}
	priorityNames   = []string{"low", "normal", "high", "urgent"}
	ticketTypeNames = []string{"question", "incident", "problem", "task", "complaint", "request"}
)

// Channels lists the names that the label channel takes.
func Channels() []string { return slices.Clone(channelNames) }

// Priorities lists the names that the label priority takes.
func Priorities() []string { return slices.Clone(priorityNames) }

// TicketTypes lists the names that a ticket's kind takes.
func TicketTypes() []string { return slices.Clone(ticketTypeNames) }

// ParseStatus reads the name of a status in any case, with spaces or dashes
// for the underscore.
func ParseStatus(word string) (Status, bool) {
	return parseName(word, statusNames[:], StatusUnknown)
}

// ParseOutcome reads the name of a call's outcome.
func ParseOutcome(word string) (Outcome, bool) {
	return parseName(word, outcomeNames[:], OutcomeUnknown)
}

// ParseRole reads the name of a role.
func ParseRole(word string) (Role, bool) {
	return parseName(word, roleNames[:], RoleUnknown)
}

// ParseDirection reads the name of a call's direction.
func ParseDirection(word string) (Direction, bool) {
	switch fold(word) {
	case "inbound":
		return DirectionInbound, true
	case "outbound":
		return DirectionOutbound, true
	default:
		return DirectionUnknown, false
	}
}

// ParsePriority returns which of [Priorities] a word means.
func ParsePriority(word string) (string, bool) {
	w := fold(word)
	if slices.Contains(priorityNames, w) {
		return w, true
	}
	switch w {
	case "lowest", "minor":
		return "low", true
	case "medium":
		return "normal", true
	case "highest", "critical":
		return "urgent", true
	default:
		return "", false
	}
}

// ParseChannel returns which of [Channels] a word means; a word that means none
// of them is the channel other.
func ParseChannel(word string) string {
	w := fold(word)
	if slices.Contains(channelNames, w) {
		return w
	}
	switch w {
	case "e_mail", "mail":
		return "email"
	case "live_chat", "webchat":
		return "chat"
	case "call", "voice", "telephone":
		return "phone"
	case "portal", "web_form", "form", "website":
		return "web"
	case "facebook", "instagram", "twitter", "x":
		return "social"
	case "whatsapp", "telegram", "messenger", "viber":
		return "messaging"
	default:
		return "other"
	}
}

// ParseTicketType returns which of [TicketTypes] a word means.
func ParseTicketType(word string) (string, bool) {
	if w := fold(word); slices.Contains(ticketTypeNames, w) {
		return w, true
	}
	return "", false
}

func fold(word string) string {
	return strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' {
			return '_'
		}
		return r
	}, strings.ToLower(strings.TrimSpace(word)))
}

// parseName finds word among names; index 0 is the name for unknown and never
// matches.
func parseName[T ~uint8](word string, names []string, unknown T) (T, bool) {
	w := fold(word)
	for i, name := range names[1:] {
		if w == name {
			return T(i + 1), true
		}
	}
	return unknown, false
}

// nameOf returns the name of a stored word, that of the unknown one for a number
// without a name.
func nameOf[W ~uint8](word W, names []string) string {
	if int(word) < len(names) {
		return names[word]
	}
	return names[0]
}

// dimOf returns the value of a dimension that a word gives, none when the word
// is unknown.
func dimOf[W interface {
	~uint8
	String() string
}](word W) string {
	if word == 0 {
		return ""
	}
	return word.String()
}
