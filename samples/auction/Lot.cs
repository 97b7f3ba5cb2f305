namespace Auction;

/// <summary>One thing that is sold.</summary>
/// <param name="Price">The highest bid, or what it starts at.</param>
/// <param name="Bidder">Null: nobody has bid yet.</param>
/// <param name="EndsAt">Milliseconds since 1970, by the clock of the house.</param>
internal sealed record Lot(string Id, string Title, int Price, string? Bidder, long EndsAt)
{
    public string Channel => $"auction:{Id}";
}
