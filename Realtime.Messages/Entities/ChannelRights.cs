namespace Realtime.Messages.Entities;

/// <summary>What may be done on a channel. Kept with sessions and sent between nodes: values are never reused.</summary>
[Flags]
public enum ChannelRights
{
    None = 0,
    Subscribe = 1,
    Publish = 2,
    Presence = 4,
    History = 8,
    All = Subscribe | Publish | Presence | History,
}
