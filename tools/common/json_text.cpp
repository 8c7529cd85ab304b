#include "common/json_text.h"

#include <Poco/JSON/Array.h>
#include <Poco/JSON/Object.h>
#include <Poco/JSON/Stringifier.h>

#include <optional>
#include <sstream>

namespace midge::tools {
namespace {

using Poco::Dynamic::Var;

// Writes one value at a time, with line breaks and indents where Go has them.
class Writer {
  public:
    explicit Writer(std::optional<unsigned> indent) : indent_(indent) {}

    void write(const Var& value) {
        if (value.type() == typeid(Poco::JSON::Object::Ptr)) {
            write_object(*value.extract<Poco::JSON::Object::Ptr>());
        } else if (value.type() == typeid(Poco::JSON::Object)) {
            write_object(value.extract<Poco::JSON::Object>());
        } else if (value.type() == typeid(Poco::JSON::Array::Ptr)) {
            write_array(*value.extract<Poco::JSON::Array::Ptr>());
        } else {
            Poco::JSON::Stringifier::stringify(value, out_, 0, -1, Poco::JSON_WRAP_STRINGS);
        }
    }
    std::string take() { return std::move(out_).str(); }

  private:
    void write_object(const Poco::JSON::Object& object) {
        open('{');
        // Uses names and not iterators, because only names keep the order of insertion if the
        // object preserves it.
        const auto names = object.getNames();
        for (size_t i = 0; i < names.size(); ++i) {
            separate(i);
            Poco::JSON::Stringifier::formatString(names[i], out_, Poco::JSON_WRAP_STRINGS);
            out_ << (indent_ ? ": " : ":");
            write(object.get(names[i]));
        }
        close('}', names.empty());
    }
    void write_array(const Poco::JSON::Array& array) {
        open('[');
        for (size_t i = 0; i < array.size(); ++i) {
            separate(i);
            write(array.get(static_cast<unsigned>(i)));
        }
        close(']', array.size() == 0);
    }
    void open(char bracket) {
        out_ << bracket;
        ++level_;
    }
    void separate(size_t index) {
        if (index > 0) out_ << ',';
        new_line();
    }
    void close(char bracket, bool empty) {
        --level_;
        if (!empty) new_line();
        out_ << bracket;
    }
    void new_line() {
        if (indent_) out_ << '\n' << std::string(*indent_ * level_, ' ');
    }

    std::optional<unsigned> indent_;
    size_t level_ = 0;
    std::ostringstream out_;
};

}  // namespace

std::string indented_json(const Var& value, unsigned indent) {
    Writer writer(indent);
    writer.write(value);
    return writer.take();
}

std::string compact_json(const Var& value) {
    Writer writer(std::nullopt);
    writer.write(value);
    return writer.take();
}

}  // namespace midge::tools
