namespace Realtime.Messages.Frames;

/// <summary>What happened to members of a channel; names the frame it becomes.</summary>
public enum PresenceChange
{
    Joined = 1,
    Left = 2,
    Changed = 3,
}
