#pragma once
// Reads the tokens of a transform's destination.
#include <optional>

#include "subject/subject_transform.h"

namespace midge {

// Exists during one SubjectTransform::from().
class TransformReader {
  public:
    // `wildcards`: positions of the wildcard tokens of the source.
    explicit TransformReader(std::vector<size_t> wildcards) : wildcards_(std::move(wildcards)) {}

    // Whether the token looks like "{{ }}", and thus may contain blanks.
    [[nodiscard]] static bool is_function(std::string_view token);
    // Returns the first error in the destination's tokens that does not depend on the source.
    [[nodiscard]] static Result<> check(const std::vector<std::string_view>& tokens);
    [[nodiscard]] Result<SubjectTransform::Part> read(std::string_view token) const;

  private:
    using Part = SubjectTransform::Part;
    using Function = SubjectTransform::Function;
    using Arguments = std::vector<std::string_view>;
    [[nodiscard]] static std::optional<Function> find_function(std::string_view name);
    [[nodiscard]] Result<Part> read_function(std::string_view token) const;
    [[nodiscard]] Result<Part> read_partition(std::string_view token,
                                              const Arguments& arguments) const;
    [[nodiscard]] Result<Part> read_random(std::string_view token,
                                           const Arguments& arguments) const;
    [[nodiscard]] Result<Part> read_wildcard(std::string_view token,
                                             const Arguments& arguments) const;
    [[nodiscard]] Result<Part> read_cut(Function function, std::string_view token,
                                        const Arguments& arguments) const;
    [[nodiscard]] Result<> refer(std::string_view token, int64_t number, Part& part) const;

    const std::vector<size_t> wildcards_;
};

}  // namespace midge
