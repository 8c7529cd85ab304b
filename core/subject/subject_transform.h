#pragma once
// Rewrites subjects: "orders.*" to "east.{{partition(3,1)}}.$1" (spec client-protocol.md 11).
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace midge {

// A value, immutable once made; const functions are safe from any thread.
class SubjectTransform {
  public:
    // Tokens of a source or destination; more are refused.
    static constexpr size_t tokens_max = 256;

    // Of a mapping: destination tokens may be "$1" or functions in "{{ }}", and need not use each
    // wildcard of the source. Errors have nats-server's texts.
    [[nodiscard]] static Result<SubjectTransform> from(std::string_view source,
                                                       std::string_view destination);
    // Of an import: nothing but references to wildcards, and each wildcard is used.
    [[nodiscard]] static Result<SubjectTransform> for_import(std::string_view source,
                                                             std::string_view destination);
    // The way back. Requires: made by for_import().
    [[nodiscard]] SubjectTransform reversed() const;

    [[nodiscard]] const std::string& source() const noexcept { return source_; }
    [[nodiscard]] const std::string& destination() const noexcept { return destination_; }
    // Whether every subject becomes the same one.
    [[nodiscard]] bool is_constant() const noexcept { return constant_; }
    // Writes what `subject`, which the source must match, becomes. `random` is for {{random(n)}}. A
    // subject with wildcards gives a subject with wildcards. Keeps no reference.
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
        std::vector<size_t> tokens;  // of the source, from 0
        int32_t number = 0;
        std::string text;  // the literal, or the separator of split
    };
    friend class TransformReader;
    using Tokens = std::vector<std::string_view>;
    void append(const Part& part, std::string_view subject, const Tokens& tokens, uint32_t random,
                std::string& out) const;

    std::string source_, destination_;
    std::vector<Part> parts_;
    size_t rest_from_ = 0;  // first token of the source's '>'
    bool constant_ = true;
};

}  // namespace midge
