package desk

import "strings"

// The closed label sets. Adapters bring a desk's own words here; maps in the
// configuration come first and override what these functions would say.

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

// ParsePriority returns which of low, normal, high and urgent a word means.
func ParsePriority(word string) (string, bool) {
	switch w := fold(word); w {
	case "low", "normal", "high", "urgent":
		return w, true
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

// ParseChannel returns which of the known channels a word means; a word that
// means none of them is the channel other.
func ParseChannel(word string) string {
	switch w := fold(word); w {
	case "email", "chat", "phone", "web", "social", "messaging", "sms", "api":
		return w
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

// ParseTicketType returns which kind of ticket a word means.
func ParseTicketType(word string) (string, bool) {
	switch w := fold(word); w {
	case "question", "incident", "problem", "task", "complaint", "request":
		return w, true
	default:
		return "", false
	}
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
