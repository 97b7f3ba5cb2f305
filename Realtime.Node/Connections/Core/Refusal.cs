using Realtime.Messages.Errors;

namespace Realtime.Node.Connections.Core;

/// <summary>Why a request is not carried out, in words fit for the client.</summary>
internal readonly record struct Refusal(ErrorCode Code, string Text, int? RetryAfter = null);
