namespace Realtime.Messages.Operators;

/// <param name="Count">Null: the node did not say.</param>
/// <param name="Behind">Of these, how many read from the log because they could not keep up.</param>
public sealed record ChannelSubscribers(string Node, int? Count, int? Behind);
