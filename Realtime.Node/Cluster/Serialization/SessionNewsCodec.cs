using Realtime.Messages.Errors;
using Realtime.Messages.Sessions;
using Realtime.Messages.Wire.Sessions;

namespace Realtime.Node.Cluster.Serialization;

/// <summary><see cref="SessionNews"/> ↔ protobuf.</summary>
internal static class SessionNewsCodec
{
    public static WireFamily Family { get; } = new WireFamily(typeof(SessionNews))
        .With<SessionNews.Dismissed, DismissedBody>("ud", DismissedBody.Parser, ToBody, FromBody)
        .With<SessionNews.Moved, MovedBody>("um", MovedBody.Parser, ToBody, FromBody);

    private static DismissedBody ToBody(SessionNews.Dismissed dismissed) =>
        new() { Session = WireValues.ToValue(dismissed.Session), Code = (int)dismissed.Code };

    private static SessionNews.Dismissed FromBody(DismissedBody body) =>
        new(WireValues.ToRequiredSession(body.Session), WireValues.ToEnum<CloseCode>(body.Code));

    private static MovedBody ToBody(SessionNews.Moved moved) => new() { Session = WireValues.ToValue(moved.Session) };

    private static SessionNews.Moved FromBody(MovedBody body) => new(WireValues.ToRequiredSession(body.Session));
}
