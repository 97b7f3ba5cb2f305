using Realtime.Messages.Ids;

namespace Realtime.Node.Feeds.Core;

/// <summary>How far a roster that is sent to a subscriber in parts has come.</summary>
/// <param name="Revision">Of the first part; all parts carry it.</param>
/// <param name="After">The last member that was sent.</param>
internal sealed record RosterProgress(long Revision, SessionId After);
