#pragma once
// JSON output with the bytes that Go's encoding/json writes, which is what NATS clients and tools
// have seen so far. Why not Poco's PrintHandler: docs/adr/0004-own-json-writer.md.
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace midge {

// Writes one JSON value with the member order of the calls. A value on the stack of its user.
// Requires: keys and values alternate within objects, and every begin has its end.
//
// Strings: '<', '>', '&', U+2028 and U+2029 are escaped, each byte that is not UTF-8 becomes
// U+FFFD. Numbers: shortest text that reads back the same; not-a-number and the infinities, which
// JSON lacks, become null.
class JsonWriter {
  public:
    // `indent` 0: compact, as the server's events are; else spaces per level, as the monitoring
    // pages are.
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
    // One JSON value that is already text; its own layout stays.
    JsonWriter& raw(std::string_view json);

    template <class T>
    JsonWriter& field(std::string_view name, const T& v) {
        return key(name).value(v);
    }
    // Left out when empty, zero or false (Go's omitempty; "(oe)" in the spec).
    template <class T>
    JsonWriter& field_oe(std::string_view name, const T& v) {
        return v == T{} ? *this : key(name).value(v);
    }

    // For writers of large values: avoids growing step by step.
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
    bool empty_ = true;       // nothing yet in the innermost object or array
    bool after_key_ = false;  // the next value belongs to a key
};

}  // namespace midge
