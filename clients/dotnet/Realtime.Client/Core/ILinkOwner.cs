using Realtime.Client.Protocol;

namespace Realtime.Client.Core;

/// <summary>What <see cref="LinkDirector"/> tells the machine it belongs to.</summary>
internal interface ILinkOwner
{
    /// <summary>A link is open: say hello on it. Returns the hello's id.</summary>
    long Greet(int link, TimeSpan now);

    /// <summary>The session is attached on this link. <paramref name="former"/> may still answer; 0 when there is none.</summary>
    void Attached(int link, int former, ServerFrame.Welcome welcome, Moment at);

    /// <summary>Nothing more comes over this link.</summary>
    void Gone(int link);

    /// <summary>The client has reached its end.</summary>
    void Ended(Fault fault);
}
