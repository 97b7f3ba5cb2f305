using Google.Protobuf;

namespace Realtime.Cluster.Links;

/// <summary>
/// What is wrong with a frame, in the one exception that readers of links expect. Names fields and kinds, never what stands in them:
/// the message ends up in a log.
/// </summary>
internal static class LinkFault
{
    public static InvalidDataException Of(string field, string fault) => new($"{field} {fault}");

    /// <summary>No kind of ours is set: a newer peer set one that this node does not know, or nothing was set at all.</summary>
    public static InvalidDataException NoKind(IMessage message, string what)
    {
        // Unknown fields are kept by the parser and written out again, but cannot be listed: written once more, their numbers can be read.
        var input = new CodedInputStream(message.ToByteArray());
        for (var tag = input.ReadTag(); tag != 0; tag = input.ReadTag())
        {
            var number = WireFormat.GetTagFieldNumber(tag);
            if (message.Descriptor.FindFieldByNumber(number) is null)
            {
                return new InvalidDataException($"{what} is of a kind that is not known here, field {number}");
            }

            input.SkipLastField();
        }

        return new InvalidDataException($"{what} has no kind");
    }
}
