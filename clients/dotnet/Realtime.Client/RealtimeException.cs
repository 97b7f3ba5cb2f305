using Realtime.Client.Core;

namespace Realtime.Client;

/// <summary>A request was refused, or its answer was lost; or the client reached its end (closed, taken over, refused).</summary>
public sealed class RealtimeException : Exception
{
    internal RealtimeException(Fault fault, Exception? inner = null) : base($"{fault.Code}: {fault.Message}", inner) =>
        Fault = fault;

    /// <summary>For a <see cref="RealtimeClientOptions.TokenProvider"/> or <see cref="ILinkConnector"/> that wants to name its failure.</summary>
    public RealtimeException(string code, string message, Outcome outcome = Outcome.None, TimeSpan? retryAfter = null)
        : this(new Fault(code, message, outcome, retryAfter))
    {
    }

    /// <summary>The error's name, one of <see cref="ErrorCodes"/>; a newer server may know more.</summary>
    public string Code => Fault.Code;

    /// <summary>Whether the request may have taken effect all the same.</summary>
    public Outcome Outcome => Fault.Outcome;

    /// <summary>How long the server asks to wait before the request is repeated.</summary>
    public TimeSpan? RetryAfter => Fault.RetryAfter;

    /// <summary>Whether the same request may succeed later.</summary>
    public bool IsTemporary => Fault.IsTemporary;

    internal Fault Fault { get; }
}
