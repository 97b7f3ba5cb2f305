using Realtime.Messages.Positions;

namespace Realtime.Messages.Operators;

/// <summary>What one member of the cluster asks another for operators, and how that answers.</summary>
public abstract record Inquiry
{
    private Inquiry()
    {
    }

    /// <summary>A question or an action of an operator, which the asked member answers for itself. Answered with the first <see cref="Part"/>.</summary>
    /// <param name="Path">Decoded, below <c>/operator/v1</c>.</param>
    /// <param name="Body">JSON; empty when there is none.</param>
    /// <param name="Who">Asks: which key, and the person as far as the caller names one.</param>
    /// <param name="From">Where they asked.</param>
    /// <param name="MayAct">False: they may only look.</param>
    public sealed record Question(
        string Method, IReadOnlyList<string> Path, IReadOnlyList<QueryParameter> Query, Payload Body, string Who, string From, bool MayAct) : Inquiry;

    /// <summary>The next part of an answer that is longer than one message.</summary>
    /// <param name="Ticket">As the first part says.</param>
    public sealed record Next(long Ticket, int Offset) : Inquiry;

    /// <summary>A piece of an answer.</summary>
    /// <param name="Status">Of HTTP.</param>
    /// <param name="Detail">Of a refusal, in words.</param>
    /// <param name="Length">Of the whole answer, in bytes.</param>
    public sealed record Part(int Status, string? Detail, long Ticket, int Length, int Offset, Payload Bytes) : Inquiry;
}
