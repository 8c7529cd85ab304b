#include "services/service_request.h"

#include <string>

namespace midge {

ServiceRequest::ServiceRequest(Account& account, Account& requestor, const PublishCommand& message)
    : account_(&account),
      requestor_(&requestor),
      subject_(message.subject.size()),
      reply_(message.reply.size()),
      header_(message.header_bytes) {
    std::string bytes;
    bytes.reserve(subject_ + reply_ + message.body.size());
    bytes.append(message.subject).append(message.reply).append(message.body);
    bytes_ = make_ref<const SharedBytes>(std::move(bytes));
}

}  // namespace midge
