namespace Auction;

/// <summary>The lots and the highest bid of each. In memory: it is a sample of one process, and its channels are in memory as well.</summary>
internal sealed class Lots(TimeProvider time)
{
    private static readonly TimeSpan Round = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Extension = TimeSpan.FromSeconds(10);
    private readonly Lock _lock = new();
    private Lot[] _lots = [.. Goods.Select(good => good with { EndsAt = (time.GetUtcNow() + Round).ToUnixTimeMilliseconds() })];

    private static IEnumerable<Lot> Goods =>
    [
        new("clock", "A clock that is right twice a day", 20, null, 0),
        new("chair", "A chair with a past", 45, null, 0),
        new("radio", "A radio that plays 1962", 80, null, 0),
    ];

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    public IReadOnlyList<Lot> All
    {
        get
        {
            lock (_lock)
            {
                return _lots;
            }
        }
    }

    /// <returns>The lot as it is now, or why the bid does not count.</returns>
    public (Lot? Lot, string? Why) Bid(Bid bid, string bidder)
    {
        lock (_lock)
        {
            var index = Array.FindIndex(_lots, lot => lot.Id == bid.Lot);
            if (index < 0)
            {
                return (null, "there is no such lot");
            }

            var lot = _lots[index];
            var why = Now >= lot.EndsAt ? "the lot is sold"
                : lot.Bidder == bidder ? "the highest bid is yours already"
                : bid.Amount <= lot.Price && lot.Bidder is not null ? $"the bid has to be above {lot.Price}"
                : bid.Amount < lot.Price ? $"the lot starts at {lot.Price}"
                : null;
            if (why is not null)
            {
                return (null, why);
            }

            // Who bids in the last moment leaves the others time to answer.
            var ends = Math.Max(lot.EndsAt, Now + (long)Extension.TotalMilliseconds);
            var changed = lot with { Price = bid.Amount, Bidder = bidder, EndsAt = ends };
            _lots = [.. _lots[..index], changed, .. _lots[(index + 1)..]];
            return (changed, null);
        }
    }

    /// <summary>Offers a lot anew some time after it was sold.</summary>
    /// <returns>Those that were.</returns>
    public IReadOnlyList<Lot> Renew(TimeSpan pause)
    {
        lock (_lock)
        {
            var old = _lots;
            _lots = [.. old.Select(lot => Now < lot.EndsAt + pause.TotalMilliseconds ? lot
                : Goods.First(good => good.Id == lot.Id) with { EndsAt = Now + (long)Round.TotalMilliseconds })];
            return [.. _lots.Where((lot, index) => lot != old[index])];
        }
    }
}
