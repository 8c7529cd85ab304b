#pragma once
// Reads the tokens of a transform's destination.
#include <optional>

#include "subject/subject_transform.h"

namespace midge {

// Lives for one SubjectTransform::from().
class TransformReader {
  public:
    // `wildcards`: at which tokens of the source they stand.
    explicit TransformReader(std::vector<size_t> wildcards) : wildcards_(std::move(wildcards)) {}

    // Whether the token has the look of "{{ }}" and may hold blanks.
    [[nodiscard]] static bool is_function(std::string_view token);
    // What is wrong with the destination's tokens whatever the source is, found in their order.
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
