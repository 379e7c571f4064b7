package zendesk

import (
	"encoding/json"
	"strings"
)

// via says how a ticket came.
type via struct {
	Channel word
	Source  source
}

type source struct {
	Rel  word
	From origin
}

type origin struct {
	Ticket ident
}

// UnmarshalJSON implements [json.Unmarshaler]: what is not as documented says
// nothing of how the ticket came.
func (v *via) UnmarshalJSON(data []byte) error {
	var whole struct {
		Channel word            `json:"channel"`
		Source  json.RawMessage `json:"source"`
	}
	if json.Unmarshal(data, &whole) != nil {
		return nil
	}
	v.Channel = whole.Channel
	var from struct {
		Rel  word            `json:"rel"`
		From json.RawMessage `json:"from"`
	}
	if json.Unmarshal(whole.Source, &from) != nil {
		return nil
	}
	v.Source.Rel = from.Rel
	var ticket struct {
		ID ident `json:"ticket_id"`
	}
	if json.Unmarshal(from.From, &ticket) == nil {
		v.Source.From.Ticket = ticket.ID
	}
	return nil
}

// channel returns by which channel the ticket came, empty where the desk does
// not say.
func (t *ticket) channel() string {
	channel := channelOf(t.Via.Channel)
	if t.Messaging && channel == "chat" {
		return "messaging"
	}
	return channel
}

// channelOf returns what a channel is called here. The desk gives it as a word
// or, for the older ones, as a number.
func channelOf(via word) string {
	switch via {
	case "":
		return ""
	case "email", "mail", "4":
		return "email"
	case "web", "web_form", "web_widget", "helpcenter", "dropbox", "closed_ticket", "forum", "topic",
		"mobile", "mobile_sdk", "iphone", "0", "15", "17", "24", "27":
		return "web"
	case "chat", "chat_offline_message", "chat_transcript", "29":
		return "chat"
	case "voice", "phone", "voicemail", "phone_call_inbound", "phone_call_outbound",
		"api_voicemail", "api_phone_call_inbound", "api_phone_call_outbound", "33", "34", "35":
		return "phone"
	case "sms", "text_message", "connect_sms", "37":
		return "sms"
	case "api", "web_service", "import", "5", "39":
		return "api"
	case "messaging", "native_messaging", "whatsapp", "line", "wechat", "viber", "telegram", "kakaotalk",
		"apple_business_chat", "google_business_messages", "google_rcs", "business_messaging_slack_connect":
		return "messaging"
	case "26", "30", "38", "41":
		return "social"
	default:
		return channelByPart(string(via))
	}
}

// channelByPart returns the channel of a word that names a network, and how it
// is reached.
func channelByPart(via string) string {
	for _, known := range []struct{ part, channel string }{
		{"twitter", "social"},
		{"facebook", "social"},
		{"instagram", "social"},
		{"youtube", "social"},
		{"linkedin", "social"},
		{"_sms", "sms"},
		{"sunshine_conversations", "messaging"},
	} {
		if strings.Contains(via, known.part) {
			return known.channel
		}
	}
	return "other"
}
