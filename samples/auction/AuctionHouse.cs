using Realtime.Messages.Errors;
using Realtime.Node.Application;

namespace Auction;

/// <summary>What bidders may do. The page is told of every bid by the lot's channel, on which nobody but the house publishes.</summary>
internal sealed class AuctionHouse(Lots lots, IRealtime realtime)
{
    [OnCall("lots")]
    public IReadOnlyList<Lot> Show() => lots.All;

    [OnCall("bid")]
    public async Task<Lot> BidAsync(Bid bid, CallContext call, CancellationToken cancellation)
    {
        var bidder = call.User ?? throw new RefusedException(ErrorCode.Unauthorized, "bidders have a name");
        var (lot, why) = lots.Bid(bid, bidder);
        if (lot is null)
        {
            throw new RefusedException(ErrorCode.Forbidden, why!);
        }

        // Under the key of the call: however often it is repeated, the room hears of it once.
        await realtime.PublishAsync(lot.Channel, lot, new PublishSettings { IdempotencyKey = call.IdempotencyKey }, cancellation);
        return lot;
    }

    [OnPublish("auction:*")]
    [OnPublish("clock:*")]
    public Decision Publish() => Decision.Refuse("the house alone publishes here; bid with the call 'bid'");

    [OnSubscribe("auction:*")]
    public bool Enter(SubscribeContext subscribe) => lots.All.Any(lot => lot.Channel == subscribe.Channel);
}
