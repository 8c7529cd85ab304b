#pragma once
// JSON output with the same bytes as Go's encoding/json, which existing NATS clients and tools
// expect. docs/adr/0004-own-json-writer.md says why Poco's PrintHandler is not used.
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace midge {

// Writes one JSON value; the members have the order of the calls. Used as a local variable.
// Requires: keys and values alternate within objects, and every begin has its end.
//
// Strings: '<', '>', '&', U+2028 and U+2029 are escaped, and each byte that is not part of valid
// UTF-8 becomes U+FFFD. Numbers: the shortest text that reads back as the same number; not-a-number
// and infinities, which JSON does not have, become null.
class JsonWriter {
  public:
    // `indent` is the number of spaces for each level, as on the monitoring pages; 0 makes compact
    // output, as in the server's events.
    explicit JsonWriter(unsigned indent = 0) : indent_(indent) {}

    JsonWriter& begin_object() { return open('{'); }
    JsonWriter& end_object() { return close('}'); }
    JsonWriter& begin_array() { return open('['); }
    JsonWriter& end_array() { return close(']'); }
    JsonWriter& key(std::string_view name);
    JsonWriter& value(std::string_view text);
    JsonWriter& value(const char* text) { return value(std::string_view(text)); }
    JsonWriter& value(const std::string& text) { return value(std::string_view(text)); }
    JsonWriter& value(bool flag);
    JsonWriter& value(int64_t number);
    JsonWriter& value(uint64_t number);
    JsonWriter& value(int number) { return value(static_cast<int64_t>(number)); }
    JsonWriter& value(unsigned number) { return value(static_cast<uint64_t>(number)); }
    JsonWriter& value(double number);
    JsonWriter& null();
    // Appends one JSON value that is already text, without changing its layout.
    JsonWriter& raw(std::string_view json);
    // The same in the layout of this writer. Requires: it is valid, and was written compactly.
    JsonWriter& embed(std::string_view json);

    template <class T>
    JsonWriter& field(std::string_view name, const T& v) {
        return key(name).value(v);
    }
    // Omits the member if its value is empty, zero or false (Go's omitempty; "?" in docs/protocol).
    template <class T>
    JsonWriter& field_oe(std::string_view name, const T& v) {
        return v == T{} ? *this : key(name).value(v);
    }

    // Reserves memory, so that a large value does not grow step by step.
    void reserve(size_t bytes) { out_.reserve(bytes); }
    [[nodiscard]] std::string take() { return std::move(out_); }

  private:
    JsonWriter& open(char bracket);
    JsonWriter& close(char bracket);
    void separate();
    void new_line();
    void append_string(std::string_view text);

    std::string out_;
    unsigned indent_;
    unsigned depth_ = 0;
    bool empty_ = true;       // nothing is written yet in the innermost object or array
    bool after_key_ = false;  // the next value belongs to a key
};

}  // namespace midge
