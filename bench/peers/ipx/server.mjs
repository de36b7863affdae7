/** ipx on a folder, as its documentation sets it up. `server.mjs FOLDER`, with PORT. */
import { createServer } from 'node:http';
import { createIPX, createIPXNodeServer, ipxFSStorage } from 'ipx';

const [, , dir = '.'] = process.argv;
const ipx = createIPX({ storage: ipxFSStorage({ dir }) });
createServer(createIPXNodeServer(ipx)).listen(Number(process.env.PORT), '127.0.0.1');
