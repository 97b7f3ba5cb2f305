using Google.Protobuf;

namespace Realtime.Node.Cluster.Remoting;

/// <summary>
/// What a node says first on a connection, as Akka's remoting writes it: its address and a number, in an instruction to associate. Anything else is turned away here and
/// reaches no actor.
/// </summary>
internal static class Introduction
{
    public const int MostBytes = 4096;

    private const uint InstructionTag = (2 << 3) | 2;
    private const uint CommandTag = (1 << 3) | 0;
    private const int Associate = 1;

    /// <exception cref="InvalidDataException">No node begins like that.</exception>
    public static ByteString? Check(ByteString? frame) =>
        frame is null || IsAssociate(frame) ? frame : throw new InvalidDataException("it does not begin as a node does");

    private static bool IsAssociate(ByteString frame)
    {
        try
        {
            using var input = frame.CreateCodedInput();
            return input.ReadTag() == InstructionTag && input.ReadLength() is var length && length == frame.Length - input.Position
                && input.ReadTag() == CommandTag && input.ReadInt32() == Associate;
        }
        catch (InvalidProtocolBufferException)
        {
            return false;
        }
    }
}
