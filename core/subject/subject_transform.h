#pragma once
// Rewrites subjects: "orders.*" to "east.{{partition(3,1)}}.$1" (docs/protocol/subjects.md, Subject
// mappings).
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace midge {

// A value that does not change after it is made; const functions are usable from any thread.
class SubjectTransform {
  public:
    // The most tokens of a source or destination. More are refused.
    static constexpr size_t tokens_max = 256;

    // Makes the transform of a mapping: destination tokens may be "$1" or functions in "{{ }}", and
    // need not use every wildcard of the source. Errors have nats-server's texts.
    [[nodiscard]] static Result<SubjectTransform> from(std::string_view source,
                                                       std::string_view destination);
    // Makes the transform of an import: the destination refers only to wildcards, and uses each of
    // them.
    [[nodiscard]] static Result<SubjectTransform> for_import(std::string_view source,
                                                             std::string_view destination);
    // Returns the inverse transform. Requires: made by for_import().
    [[nodiscard]] SubjectTransform reversed() const;

    [[nodiscard]] const std::string& source() const noexcept { return source_; }
    [[nodiscard]] const std::string& destination() const noexcept { return destination_; }
    // Whether every subject is transformed to the same one.
    [[nodiscard]] bool is_constant() const noexcept { return constant_; }
    // Writes the transformed `subject` to `out`. Requires: the source matches it. `random` is for
    // {{random(n)}}. A subject with wildcards gives a subject with wildcards. `out` contains no
    // views of the input.
    void apply(std::string_view subject, uint32_t random, std::string& out) const;
    [[nodiscard]] std::string apply(std::string_view subject) const;

  private:
    enum class Function {
        literal,
        rest,  // '>'
        wildcard,
        partition,
        random,
        split,
        split_from_left,
        split_from_right,
        slice_from_left,
        slice_from_right,
        left,
        right,
    };
    struct Part {
        Function function = Function::literal;
        std::vector<size_t> tokens;  // positions in the source, from 0
        int32_t number = 0;
        std::string text;  // the literal, or the separator of split
    };
    friend class TransformReader;
    using Tokens = std::vector<std::string_view>;
    void append(const Part& part, std::string_view subject, const Tokens& tokens, uint32_t random,
                std::string& out) const;

    std::string source_, destination_;
    std::vector<Part> parts_;
    size_t rest_from_ = 0;  // position of the source's '>'
    bool constant_ = true;
};

}  // namespace midge
