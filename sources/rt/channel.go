package rt

import (
	"context"
	"encoding/json"
	"math"
	"strings"
	"time"

	"helpdesk_exporter/internal/api"
)

// mostChannels bounds how many channels are kept in mind.
const mostChannels = 100_000

// attachment is a part of a message, of which the headers are read.
type attachment struct {
	Headers       text `json:"Headers"`
	TransactionID ref  `json:"TransactionId"`
}

// cameBy returns the channel that the first message of a ticket came by.
func (s *Source) cameBy(ctx context.Context, id string, until time.Time) (string, error) {
	if channel, known := s.channels[id]; known {
		return channel, nil
	}
	if !s.gates.open(capabilityAttachments, until) {
		return "", nil
	}
	a, err := s.ask(ctx, "/ticket/"+id+"/attachments", paged("Headers,TransactionId", 1))
	if api.Gated(err) {
		s.gates.close(capabilityAttachments, "the attachments of a ticket are not to be seen: grant ShowTicket on its queue", until)
		return "", nil
	}
	if err != nil {
		return "", err
	}
	s.gates.set(capabilityAttachments, true, "")
	if len(s.channels) >= mostChannels {
		clear(s.channels)
	}
	s.channels[id] = channelOf(*a.Items)
	return s.channels[id], nil
}

// channelOf returns the channel of the oldest of some attachments that tells
// one.
func channelOf(items []json.RawMessage) string {
	channel, oldest := "", int64(math.MaxInt64)
	for _, raw := range items {
		var a attachment
		if json.Unmarshal(raw, &a) != nil {
			continue
		}
		n, ok := a.TransactionID.ID.number()
		if c := channelIn(string(a.Headers)); ok && c != "" && n < oldest {
			channel, oldest = c, n
		}
	}
	return channel
}

// channelIn reads the header in which the desk notes how a message came in.
func channelIn(headers string) string {
	for line := range strings.Lines(headers) {
		name, value, _ := strings.Cut(line, ":")
		if !strings.EqualFold(strings.TrimSpace(name), "X-RT-Interface") {
			continue
		}
		switch strings.ToLower(strings.TrimSpace(value)) {
		case "email":
			return "email"
		case "web", "mobile":
			return "web"
		case "rest", "rest2", "api", "cli", "common":
			return "api"
		default:
			return "other"
		}
	}
	return ""
}
