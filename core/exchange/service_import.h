#pragma once
// Makes a service of another account available under a local subject (docs/protocol/subjects.md,
// Service imports).
#include <chrono>

#include "exchange/service_replies.h"
#include "subject/import_subjects.h"

namespace midge {

class TraceRecorder;

// The properties of an import that the importing and the exporting account have agreed on.
struct ServiceTerms {
    ImportSubjects subjects;
    Account* exporter = nullptr;
    bool one_response = true;
    std::chrono::nanoseconds response_threshold{};
    bool share = false;  // the service gets information about the requestor
    std::optional<LatencyTerms> latency = {};
    bool allow_trace = false;  // traces of requests continue in the exporter's account
    [[nodiscard]] bool operator==(const ServiceTerms& other) const;
};

// The chain of imports that a request has passed; on the stack.
class ServiceImport;
struct ServiceHop {
    const ServiceImport* import;
    const ServiceHop* before;  // null: none
};

// Immutable. Its subscription is in the index of the importing account.
class ServiceImport final : public Forwarder {
  public:
    // The most imports that one request may pass.
    static constexpr int hops_max = 32;

    ServiceImport(Account& importer, ServiceTerms terms, ServiceReplies& replies);
    [[nodiscard]] const ServiceTerms& terms() const noexcept { return terms_; }
    bool forward(RoutingLane& lane, const PublishCommand& message, const Origin& origin) override;

  private:
    [[nodiscard]] std::string trace_destination(const TraceRecorder& trace,
                                                std::string_view header);
    [[nodiscard]] bool may_pass(const ServiceHop* hops) const;
    [[nodiscard]] ClientInfo requestor(const Origin& origin) const;

    Account& importer_;
    const ServiceTerms terms_;
    ServiceReplies& replies_;  // of the exporter
};

}  // namespace midge
