package intercom

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"helpdesk_exporter/sources"
)

// teamsLast is how long the names of teams are good for.
const teamsLast = time.Hour

// teams knows the names of the teams.
type teams struct {
	names   map[string]string // by id
	nowhere map[string]bool   // ids that are not among them: of teams that are gone
	read    time.Time
}

// name returns a team's name. The names are read again after a while, and once
// for each id that nobody knows.
func (t *teams) name(ctx context.Context, s *Source, id string, until time.Time) (string, error) {
	if id == "" {
		return "", nil
	}
	name, known := t.names[id]
	fresh := !t.read.IsZero() && until.Sub(t.read) < teamsLast
	if fresh && (known || t.nowhere[id]) || s.gates.shut(gateTeams, until) {
		return name, nil
	}
	names, err := s.readTeams(ctx)
	switch {
	case passable(err):
		s.gates.close(gateTeams, until, err)
		return name, nil
	case err != nil:
		return "", err
	}
	s.gates.open(gateTeams)
	if !fresh {
		t.read, t.nowhere = until, map[string]bool{}
	}
	t.names = names
	if _, known := names[id]; !known {
		t.nowhere[id] = true
	}
	return names[id], nil
}

func (s *Source) readTeams(ctx context.Context) (map[string]string, error) {
	var list struct {
		Teams []json.RawMessage `json:"teams"`
	}
	if err := s.client.Get(ctx, "/teams", nil, &list); err != nil {
		return nil, err
	}
	if list.Teams == nil {
		return nil, &sources.Error{Reason: sources.ReasonBadAnswer, Err: errors.New("/teams: the answer has no list: is url the address of Intercom's API?")}
	}
	names := map[string]string{}
	for _, raw := range list.Teams {
		var team struct {
			ID   ident `json:"id"`
			Name word  `json:"name"`
		}
		if json.Unmarshal(raw, &team) == nil && team.ID != "" {
			names[string(team.ID)] = string(team.Name)
		}
	}
	return names, nil
}
