using Realtime.Client.Core;

namespace Realtime.Client.Links;

/// <summary>What a gateway says to a client that wants to connect.</summary>
internal abstract record GatewayWord
{
    private GatewayWord()
    {
    }

    public sealed record Now(Uri Address, string? Ticket) : GatewayWord
    {
        public Uri Url => Ticket is null ? Address : Query.With(Address, "ticket", Ticket);
    }

    public sealed record Later(TimeSpan Wait, string Why) : GatewayWord;
}
