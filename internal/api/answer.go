package api

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strings"
)

// maxBody bounds an answer, unpacked.
const maxBody = 64 << 20

var (
	errTooLarge = fmt.Errorf("the answer is larger than %d MB", maxBody>>20)
	errTorn     = errors.New("the answer broke off, or is not packed as it says")
	errPage     = errors.New("a page for people and not JSON: url is not where the API is, or something before the desk answered")
)

// read reads an answer's JSON, which nothing may follow.
func read(answer *http.Response, out any) error {
	data, err := unpack(answer)
	switch {
	case len(data) > maxBody:
		return errTooLarge
	case err != nil:
		return errTorn
	case out == nil:
		return nil
	}
	// An attempt that failed half-way must leave nothing for the next one to add to.
	fresh := reflect.New(reflect.TypeOf(out).Elem())
	if err := json.Unmarshal(data, fresh.Interface()); err != nil {
		return notAsExpected(data, err)
	}
	reflect.ValueOf(out).Elem().Set(fresh.Elem())
	return nil
}

// unpack returns what an answer holds, as far as it is of interest: beyond the
// largest size one more byte.
func unpack(answer *http.Response) ([]byte, error) {
	body := io.Reader(answer.Body)
	switch strings.ToLower(answer.Header.Get("Content-Encoding")) {
	case "gzip", "x-gzip":
		packed, err := gzip.NewReader(body)
		if err != nil {
			return nil, err
		}
		body = packed
	}
	return io.ReadAll(io.LimitReader(body, maxBody+1))
}

// notAsExpected tells what is wrong with an answer, without what is in it.
func notAsExpected(data []byte, err error) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case bytes.HasPrefix(bytes.TrimSpace(data), []byte("<")):
		return errPage
	case errors.As(err, &syntax):
		return fmt.Errorf("not JSON, or torn, at byte %d", syntax.Offset)
	case errors.As(err, &kind):
		what, _, _ := strings.Cut(kind.Value, " ") // of a number that does not fit it has the digits too
		field := kind.Field
		if field == "" {
			field = "the answer"
		}
		return fmt.Errorf("%s is %s and not what the desk documents", field, what)
	default:
		return errors.New("not what the desk documents")
	}
}
