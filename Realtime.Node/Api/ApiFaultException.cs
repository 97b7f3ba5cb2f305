using Realtime.Messages.Errors;
using Realtime.Node.Asking;

namespace Realtime.Node.Api;

/// <summary>A request is not done: becomes problem details (RFC 9457).</summary>
internal sealed class ApiFaultException(ErrorCode code, string detail, string? field = null) : Exception(detail)
{
    public ErrorCode Code => code;

    public string Detail => Message;

    /// <summary>The member or parameter that is wrong; null: none is.</summary>
    public string? Field { get; } = field;

    /// <summary>Milliseconds.</summary>
    public int? RetryAfter { get; init; }

    /// <summary>Unknown: it may have been done.</summary>
    public Outcome Outcome { get; init; }

    public static ApiFaultException Of(RequestFault fault) => new(fault.Code, fault.Detail, fault.Field) { RetryAfter = fault.RetryAfter, Outcome = fault.Outcome };

    public static ApiFaultException Bad(string detail, string? field = null) => new(ErrorCode.BadRequest, detail, field);
}
