using System.ComponentModel.DataAnnotations;

namespace Auction;

/// <summary>What a bidder calls with.</summary>
/// <param name="Amount">Whole euros.</param>
internal sealed record Bid([property: Required, StringLength(40)] string Lot, [property: Range(1, 1_000_000)] int Amount);
